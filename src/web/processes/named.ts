import type { HostSnapshot, ProjectSnapshot } from '../../model/operation.ts';
import { isSupervised, typeOf } from '../../project-types/index.ts';
import { namesOn } from '../../runtimes/process-names.ts';

/** The processes that a project's health shows on a host. `steerable`: by supervisor each can be started and stopped alone. */
export function namedOn(
  project: ProjectSnapshot,
  host: HostSnapshot,
): { names: string[]; steerable: boolean } {
  return { names: namesOn(project, host), steerable: isSupervised(typeOf(project.type)) };
}
