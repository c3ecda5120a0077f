import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Removes the project's Tomcat or job folder from the host; logs stay. Safe to repeat. */
export const forget: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot } = context;
    await guarded(context, { name: 'forget', args: [host.settings.hostPath, snapshot.project.key] });
    return {};
  },
};
