import { type Asking, notAnswered, notConnected, type Wrong } from '../deploy/answering.ts';
import { atOnce } from '../deploy/at-once.ts';
import { CedarError } from '../errors.ts';
import { type LiveProcess, worstOf } from '../model/live-state.ts';
import type { SeenPlacement } from '../model/look.ts';
import { portsOf } from '../model/placement.ts';
import { namesOn } from '../runtimes/process-names.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import type { Prober } from './prober.ts';
import type { Probe } from './seen.ts';
import type { Visit } from './visits.ts';
import type { Watched } from './watch-list.ts';

/** Processes of one machine that are asked at the same time. */
const AT_ONCE = 16;
/** One of them is waited for so long at most. */
const LONGEST_MS = 5000;

/**
 * Asks what runs whether it answers, where its project wants the sweep to: by the very port and http checks of its
 * deploys. What does not answer has failed, however well supervisor thinks of it. All others cost nothing.
 */
export async function withChecks(prober: Prober, visit: Visit, found: Probe): Promise<Probe> {
  const wanting = new Map(
    visit.placements.filter(isChecked).map((watched) => [watched.host.placementId, watched]),
  );
  if (wanting.size === 0) return found;
  const placements = await Promise.all(
    found.placements.map((seen) => {
      const watched = wanting.get(seen.placementId);
      return watched ? checked(prober, visit, watched, seen) : seen;
    }),
  );
  return { ...found, placements };
}

/** True where the sweep shall ask the project's processes, and there is something to ask. */
export function isChecked({ project }: Pick<Watched, 'project'>): boolean {
  const { sweep, port, http } = project.settings.checks;
  return sweep && (port || http) && project.port !== null;
}

async function checked(
  prober: Prober,
  visit: Visit,
  { project, host }: Watched,
  seen: SeenPlacement,
): Promise<SeenPlacement> {
  if (!seen.processes.some(({ state }) => state === 'running')) return seen;
  const [names, ports] = [namesIn(project, host), portsOf(project.port, host.processes)];
  const asking = askingOf(prober, visit, { project, host });
  const told = await atOnce(seen.processes, AT_ONCE, async (process): Promise<LiveProcess> => {
    const port = ports[names.indexOf(process.name)];
    if (process.state !== 'running' || port === undefined) return process;
    const wrong = await wrongOf(asking, port);
    return wrong ? { ...process, ...wrong } : process;
  });
  const processes = seen.processes.map((process, index) => {
    const one = told[index];
    return one?.status === 'fulfilled' ? one.value : process;
  });
  const worst = worstOf(processes);
  const same = !worst || processes.every((one, index) => one === seen.processes[index]);
  if (same) return seen;
  const { state, message } = worst;
  return { ...seen, state, message, since: null, processes };
}

/** Why a process that runs is not well; null: it answers as it should. */
async function wrongOf(asking: Asking, port: number): Promise<Pick<LiveProcess, 'state' | 'message'> | null> {
  const closed = asking.checks.port ? await notConnected(asking, port) : null;
  if (closed) return sentence(closed, port, `port_closed:${port}`);
  const wrong = asking.checks.http ? await notAnswered(asking, port) : null;
  if (!wrong) return null;
  if (wrong.status === null) return sentence(wrong, port, `http_silent:${port}`);
  const asked = wrong.status === asking.checks.code;
  return { state: 'failed', message: asked ? `http_header:${port}` : `http_status:${port} ${wrong.status}` };
}

/** A connection that was lost, or may not be used for this, says nothing of the process. */
function sentence({ error }: Wrong, port: number, message: string): Pick<LiveProcess, 'state' | 'message'> {
  const cause = error instanceof CedarError ? error.cause : null;
  if (!(cause instanceof SshError)) return { state: 'failed', message };
  if (cause.kind !== 'channels' && cause.kind !== 'deadline')
    return { state: 'unknown', message: cause.code };
  const forbidden = /prohibited/i.test(`${cause.message} ${String(cause.detail.reason ?? '')}`);
  return forbidden ? { state: 'unknown', message: `ssh_no_forward:${port}` } : { state: 'failed', message };
}

function askingOf({ pool, deadlineMs }: Prober, { target }: Visit, { project, host }: Watched): Asking {
  const milliseconds = Math.min(deadlineMs, LONGEST_MS);
  return {
    checks: project.settings.checks,
    address: host.address,
    connectMs: milliseconds,
    way: (from) => ({
      // Whether this address may be spoken to was judged when the host was added.
      rules: { allowLoopback: true, own: [] },
      signal: AbortSignal.timeout(milliseconds),
      ...(from === 'host' && {
        tunnel: (address, port, signal) =>
          pool.reach(target, address, port, { deadlineMs: milliseconds, signal }),
      }),
    }),
  };
}

/** A template that no longer renders is a matter of its page. */
function namesIn(...[project, host]: Parameters<typeof namesOn>): string[] {
  try {
    return namesOn(project, host);
  } catch (error) {
    if (error instanceof CedarError) return [];
    throw error;
  }
}
