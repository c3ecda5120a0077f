import type { HostSnapshot, ProjectSnapshot } from '../../model/operation.ts';
import { isSupervised, typeOf } from '../../project-types/index.ts';
import { instanceNames, isTomcat, runsByCommands, TOMCAT_PROCESS } from '../../runtimes/process-names.ts';
import { processNames } from '../../supervisor/render-for-host.ts';

/**
 * The names of a project's processes on a host, in the order of their numbers, as its health shows them: those that have
 * a log. `steerable`: by supervisor each can be started and stopped alone.
 */
export function namedOn(
  project: ProjectSnapshot,
  host: HostSnapshot,
): { names: string[]; steerable: boolean } {
  if (isTomcat(project)) return { names: [`${project.key}:${TOMCAT_PROCESS}`], steerable: false };
  if (runsByCommands(project)) return { names: instanceNames(project, host), steerable: false };
  return { names: processNames(project, host), steerable: isSupervised(typeOf(project.type)) };
}
