import type { LiveState, ProcessInfo } from './process.ts';

/** A process as people see it. `since` is epoch ms by our clock; `message` supervisor's words or an error code. */
export type LiveProcess = {
  name: string;
  state: LiveState;
  pid: number | null;
  since: number | null;
  message: string | null;
};

const MEANINGS: Record<ProcessInfo['state'], LiveState> = {
  RUNNING: 'running',
  STARTING: 'starting',
  BACKOFF: 'failed',
  FATAL: 'failed',
  EXITED: 'failed',
  STOPPED: 'stopped',
  STOPPING: 'stopped',
  UNKNOWN: 'unknown',
};

/** Worst first. */
const RANKING: LiveState[] = [
  'failed',
  'unreachable',
  'no-supervisor',
  'unknown',
  'stopped',
  'starting',
  'reachable',
  'running',
];

/** The state of which a person should hear first. */
export function worstOf<T extends { state: LiveState; since: number | null }>(seen: T[]): T | null {
  const ranked = [...seen].sort((a, b) => worstFirst(a, b) || (b.since ?? 0) - (a.since ?? 0));
  return ranked[0] ?? null;
}

/** Puts what needs somebody first; what is alike stays in its order. */
export function worstFirst(a: { state: LiveState }, b: { state: LiveState }): number {
  return RANKING.indexOf(a.state) - RANKING.indexOf(b.state);
}

/**
 * The processes of one program: those that supervisor has in its group and, where they are fewer than expected,
 * the expected ones that it does not know.
 * @param expected full names `group:name`. @param now epoch ms by our clock.
 */
export function liveProcesses(
  group: string,
  expected: string[],
  all: ProcessInfo[],
  now: number,
): LiveProcess[] {
  const known = all.filter((process) => process.group === group).map((process) => liveProcess(process, now));
  if (known.length >= expected.length) return known;
  const names = new Set(known.map(({ name }) => name));
  return [...known, ...expected.filter((name) => !names.has(name)).map(absent)];
}

function absent(name: string): LiveProcess {
  return { name, state: 'stopped', pid: null, since: null, message: 'supervisor_absent' };
}

function liveProcess(process: ProcessInfo, now: number): LiveProcess {
  return {
    name: `${process.group}:${process.name}`,
    state: process.state === 'EXITED' && process.exitStatus === 0 ? 'stopped' : MEANINGS[process.state],
    pid: process.pid || null,
    since: sinceOf(process, now),
    message: messageOf(process),
  };
}

/** The host's clock may be off: ages are its own, dates ours. */
function sinceOf(process: ProcessInfo, now: number): number | null {
  const up = process.state === 'RUNNING' || process.state === 'STARTING';
  const moment = up ? process.start : process.stop;
  return moment === 0 ? null : now - Math.max(0, process.now - moment) * 1000;
}

function messageOf(process: ProcessInfo): string | null {
  if (process.state === 'EXITED' && process.exitStatus > 0) return `exit status ${process.exitStatus}`;
  return MEANINGS[process.state] === 'failed' ? process.spawnError || null : null;
}
