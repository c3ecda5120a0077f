import { writeFiles } from '../configuration-files.ts';
import type { Step } from '../step.ts';
import { haveCheckout } from '../workspace.ts';

/** Writes the configuration files that belong into the release after it was built. */
export const writeConfigurationFiles: Step = {
  async run(context) {
    const { facts, snapshot, tools } = context;
    if (facts.reused) return { state: 'skipped', evidence: { reason: 'reused' } };
    const root = await haveCheckout(context, true);
    await tools.isolation.endLeft(snapshot.project.key);
    const folder = snapshot.project.settings.build.output;
    return { evidence: { files: await writeFiles(context, 'after-build', { root, folder }) } };
  },
};
