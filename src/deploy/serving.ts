import { portsOf } from '../model/placement.ts';
import { isSupervised, typeOf } from '../project-types/index.ts';
import { isTomcat } from '../runtimes/tomcat.ts';
import { ownProcess } from './host-processes.ts';
import { reaches } from './reach.ts';
import type { HostStepContext } from './step.ts';

const UP = new Set(['RUNNING', 'STARTING', 'STOPPING', 'BACKOFF', 'UNKNOWN']);

/**
 * May the step's process get traffic now? It does not where supervisor says that it is down or unknown to it; what
 * no supervisor knows is asked by its port.
 */
export async function isServing(context: HostStepContext): Promise<boolean> {
  const { snapshot, host, process, tools } = context;
  if (isSupervised(typeOf(snapshot.project.type)) || isTomcat(snapshot.project)) {
    const found = await ownProcess(context);
    return found !== null && UP.has(found.state);
  }
  const port = portsOf(snapshot.project.port, host.processes)[process];
  if (port === undefined) return true;
  return (await reaches(host.address, port, tools.config.connectSeconds * 1000)) !== 'ECONNREFUSED';
}
