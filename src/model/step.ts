/**
 * before and after: once, around the changes of the hosts. undo: hosts go back after a failure, last one first, or what
 * was begun on a machine that was to join is taken back.
 */
export const phases = [
  'prepare',
  'preflight',
  'stage',
  'before',
  'activate',
  'after',
  'undo',
  'finish',
] as const;
export type Phase = (typeof phases)[number];

/** intent: begun, outcome not yet known. skipped: decided that it is not needed. */
export type StepState = 'pending' | 'intent' | 'done' | 'failed' | 'unknown' | 'skipped';

/** One row of the journal. `name` names the locale text `step.<name>`. */
export type StepRow = {
  id: string;
  operationId: string;
  /** `name`, `name@hostId` or `name@hostId#process`: unique in the operation. */
  stepKey: string;
  position: number;
  phase: Phase;
  name: string;
  hostId: string | null;
  /** Index from 0, or null where the step is not of one process. */
  process: number | null;
  state: StepState;
  attempt: number;
  fence: number | null;
  startedAt: number | null;
  endedAt: number | null;
  evidence: Record<string, unknown>;
  logBytes: number;
  logLines: number;
  gapBytes: number;
};
