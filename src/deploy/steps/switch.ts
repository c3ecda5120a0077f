import { guarded } from '../guarded.ts';
import { releaseIdOf } from '../host-facts.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Points the project's link at the new release, in one rename. */
export const switchLink: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot, hostFacts } = context;
    const folder = hostFacts.folder!;
    await guarded(context, { name: 'switch', args: [host.settings.hostPath, snapshot.project.key, folder] });
    return { evidence: { folder }, host: { releaseAfter: releaseIdOf(folder) } };
  },
};
