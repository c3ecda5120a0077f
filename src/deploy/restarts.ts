import type { HostSnapshot, OperationKind, ProjectSnapshot } from '../model/operation.ts';
import { instanceNames, runsByCommands } from '../runtimes/commands.ts';
import { processNames } from '../supervisor/render-for-host.ts';

const restarting = new Set<OperationKind>(['deploy', 'prepare', 'rollback', 'fast-rollback', 'restart']);

/** Full names of the processes that an operation restarts on a host; none for files that nobody runs. */
export function restartsOf(kind: OperationKind, project: ProjectSnapshot, host: HostSnapshot): string[] {
  if (!restarting.has(kind)) return [];
  return runsByCommands(project) ? instanceNames(project, host) : processNames(project, host);
}
