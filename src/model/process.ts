/** Supervisor's process states, in its own words (supervisor docs, "Process States"). */
export type SupervisorState =
  | 'STOPPED'
  | 'STARTING'
  | 'RUNNING'
  | 'BACKOFF'
  | 'STOPPING'
  | 'EXITED'
  | 'FATAL'
  | 'UNKNOWN';

/** One process as supervisor tells of it. Times are epoch seconds of the host's clock; 0: never. */
export type ProcessInfo = {
  group: string;
  name: string;
  state: SupervisorState;
  pid: number;
  start: number;
  stop: number;
  now: number;
  exitStatus: number;
  spawnError: string;
};

export const liveStates = [
  'running',
  'starting',
  'stopped',
  'failed',
  'unreachable',
  'no-supervisor',
  'reachable',
  'unknown',
] as const;
/** What a page shows of a placement. `unknown` is never shown green. */
export type LiveState = (typeof liveStates)[number];
