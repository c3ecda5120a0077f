import type { HostSnapshot, OperationKind, ProjectSnapshot } from '../model/operation.ts';
import { instanceNames, runsByCommands } from '../runtimes/commands.ts';
import { processNames } from '../supervisor/render-for-host.ts';
import { runtimeOf } from './runtimes.ts';

const restarting = new Set<OperationKind>([
  'deploy',
  'prepare',
  'promote',
  'rollback',
  'fast-rollback',
  'restart',
]);

/**
 * Names of what an operation restarts on a host: supervisor's full names, else the project's own name where its type
 * has something that runs by itself; none for files that nobody runs.
 */
export function restartsOf(kind: OperationKind, project: ProjectSnapshot, host: HostSnapshot): string[] {
  if (!restarting.has(kind)) return [];
  const named = runsByCommands(project) ? instanceNames(project, host) : processNames(project, host);
  if (named.length > 0) return named;
  return runtimeOf(project).stable.length > 0 ? [project.key] : [];
}
