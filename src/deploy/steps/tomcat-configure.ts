import { tomcatFiles, tomcatPlace } from '../../runtimes/tomcat-configuration.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Makes the project's Tomcat, or writes what changed of its configuration; one that runs reads it when it starts anew. */
export const tomcatConfigure: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host, tools } = context;
    const { base, home, logs, live } = tomcatPlace(snapshot.project, host);
    const { serverXml, setenv } = tomcatFiles(snapshot.project, host, tools.vault);
    const parts = [Buffer.from(serverXml), Buffer.from(setenv)];
    await guarded(context, {
      name: 'tomcat-configure',
      args: [base, home, logs, live, ...parts.map((part) => String(part.length))],
      input: Buffer.concat(parts),
    });
    return { evidence: { base } };
  },
};
