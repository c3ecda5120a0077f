import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Takes the files of the project's commands off the host. */
export const commandClean: Step<HostStepContext> = {
  async run(context) {
    const args = [context.host.settings.hostPath, context.snapshot.project.key];
    await guarded(context, { name: 'command-clean', args });
    return {};
  },
};
