import { guarded } from '../guarded.ts';
import { programFile } from '../probe.ts';
import type { HostStepContext, Step } from '../step.ts';
import { supervisorLock } from './configure.ts';

/** Takes the project's supervisor file away, and its group out of supervisor. */
export const unconfigure: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, snapshot } = context;
    const { key } = snapshot.project;
    const file = programFile(host, key);
    const asides = `${tools.guard.folder(host)}/asides`;
    await guarded(context, {
      name: 'unconfigure',
      args: [file, key, supervisorLock(context), asides, ...host.settings.supervisorctl],
      timeoutSeconds: 390,
    });
    return { evidence: { file } };
  },
};
