import { tomcatPlace } from '../../runtimes/tomcat-configuration.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Stops the project's JVM: asked first, killed after the project's stop time. Safe to repeat. */
export const tomcatStop: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host } = context;
    const { stopSeconds } = snapshot.project.settings;
    const { base } = tomcatPlace(snapshot.project, host);
    await guarded(context, {
      name: 'tomcat-stop',
      args: [base, String(stopSeconds)],
      timeoutSeconds: stopSeconds + 90,
    });
    return { evidence: { base } };
  },
};
