import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Takes the project's link and releases off the host; its shared files stay. */
export const unlink: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot, tools } = context;
    const args = [host.settings.hostPath, snapshot.project.key];
    await guarded(context, { name: 'unlink', args, timeoutSeconds: tools.config.stageSeconds });
    return { hostFacts: { current: null, folder: null, releases: [] }, host: { releaseAfter: null } };
  },
};
