import { tomcatPlace } from '../../runtimes/tomcat-configuration.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Removes what the stopped Tomcat unpacked from the release before. Safe to repeat. */
export const tomcatClean: Step<HostStepContext> = {
  async run(context) {
    const { base } = tomcatPlace(context.snapshot.project, context.host);
    await guarded(context, { name: 'tomcat-clean', args: [base] });
    return { evidence: { base } };
  },
};
