import { reaches } from '../deploy/reach.ts';
import { CedarError } from '../errors.ts';
import { type LiveProcess, worstOf } from '../model/live-state.ts';
import type { LiveState } from '../model/process.ts';
import { type Checked, check } from '../runtimes/command-check.ts';
import { type Instance, instanceNames, portOf } from '../runtimes/commands.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import type { Prober } from './prober.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import type { Watched } from './watch-list.ts';

/** How the processes are that commands run on a host: by their check, else by their port. */
export async function lookAtCommands(prober: Prober, { project, host }: Watched): Promise<SeenRuntime> {
  const names = instanceNames(project, host);
  const processes = await Promise.all(
    names.map(async (name, process) => ({
      ...{ name, pid: null, since: null },
      ...(await stateOf(prober, { project, host, process })),
    })),
  );
  const { state, message } = worstOf(processes)!;
  return { state, message, since: null, processes };
}

type Found = Pick<LiveProcess, 'state' | 'message'>;

async function stateOf(prober: Prober, instance: Instance): Promise<Found> {
  try {
    const seconds = Math.max(1, Math.floor(prober.deadlineMs / 1000));
    return await judge(prober, instance, await check(prober, instance, { seconds }));
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    const away = error instanceof SshError && error.kind !== 'channels' && error.kind !== 'deadline';
    return { state: away ? 'unreachable' : 'unknown', message: error.code };
  }
}

/** What nobody looked at is never shown as running. */
async function judge({ deadlineMs }: Prober, instance: Instance, found: Checked): Promise<Found> {
  const down: LiveState = found.stopped ? 'stopped' : 'failed';
  if (found.code === 0) return { state: 'running', message: null };
  if (found.code !== null) return { state: down, message: `check: exit status ${found.code}` };
  const port = portOf(instance);
  if (port === null && found.stopped) return { state: 'stopped', message: null };
  if (port === null) return { state: 'unknown', message: 'no_check' };
  const problem = await reaches(instance.host.address, port, deadlineMs);
  return problem === null ? { state: 'running', message: null } : { state: down, message: problem };
}
