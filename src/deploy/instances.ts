import type { OperationKind } from '../model/operation.ts';
import { filesFor, type Instance } from '../runtimes/commands.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { StepFailed } from './failure.ts';
import type { HostStepContext } from './step.ts';

/** The step's process, as its commands are told of it. */
export function instanceOf({ snapshot, host, process }: HostStepContext): Instance {
  return { project: snapshot.project, host, process };
}

/** The step's process; all of the host for a step that is the host's. */
export function instancesOf(context: HostStepContext): Instance[] {
  if (context.row.process !== null) return [instanceOf(context)];
  const indices = Array.from({ length: context.host.processes }, (_, index) => index);
  return indices.map((process) => ({ ...instanceOf(context), process }));
}

/** They start nothing, so that a template file that cannot be filled is no hindrance. */
const startsNothing = new Set<OperationKind>(['stop', 'put-back', 'reduction', 'remove-host']);

/**
 * Fills all template files of the host and makes its log folder, so that what is wrong is found while all runs.
 * @throws CedarError `template`; StepFailed `log_path_not_writable`
 */
export async function commandsFit(context: HostStepContext): Promise<Record<never, never>> {
  if (startsNothing.has(context.operation.kind)) return {};
  for (let process = 0; process < context.host.processes; process++)
    filesFor({ ...instanceOf(context), process }, context.tools.vault);
  await haveLogFolder(context);
  return {};
}

/** Where the output of a start goes: made now, so that it cannot fail when all is stopped. */
async function haveLogFolder({ tools, host, snapshot, signal }: HostStepContext): Promise<void> {
  const folder = `${host.settings.logPath}/${snapshot.project.key}`;
  const argv = ['sh', '-c', 'mkdir -p -- "$1" && [ -w "$1" ]', 'cedar', folder];
  const { code } = await tools.pool.exec(targetOf(host), argv, { signal });
  if (code !== 0) throw new StepFailed('log_path_not_writable', { host: host.name });
}

/** Processes that were started when the project had more of them on the host. */
export async function leftovers(context: HostStepContext): Promise<Instance[]> {
  const { tools, host, snapshot } = context;
  const folder = `${host.settings.hostPath}/.cedar/${snapshot.project.key}/files`;
  const argv = ['find', folder, '-mindepth', '1', '-maxdepth', '1', '-name', '[0-9]*', '-printf', '%f\\n'];
  const { stdout } = await tools.pool.exec(targetOf(host), argv);
  const indices = stdout.split('\n').filter((name) => /^\d{1,3}$/.test(name));
  const more = indices.map(Number).filter((process) => process >= host.processes);
  return more.map((process) => ({ ...instanceOf(context), process }));
}
