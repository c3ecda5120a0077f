import { tomcatPlace } from '../../runtimes/tomcat-configuration.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Starts the project's Tomcat; where it runs already, an earlier attempt did it. Whether it serves is asked later. */
export const tomcatStart: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host, hostFacts } = context;
    const { base, home, logs, live } = tomcatPlace(snapshot.project, host);
    const { at } = await guarded(context, { name: 'tomcat-start', args: [base, home, logs, live] });
    return { evidence: { at, base }, hostFacts: { restartedAt: { ...hostFacts.restartedAt, 0: at } } };
  },
};
