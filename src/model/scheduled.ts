import type { OperationKind, OperationParams } from './operation.ts';
import type { Strategy } from './strategy.ts';

/**
 * waiting: its time has not come, or its project is busy · started: see its operation · missed: its project was busy
 * until its grace was over, or nobody was there to start it · withdrawn · refused: it could not be, then.
 */
export const scheduleStates = ['waiting', 'started', 'missed', 'withdrawn', 'refused'] as const;
export type ScheduleState = (typeof scheduleStates)[number];

/** What is asked for later, as `launch` takes it. */
export type ScheduledRequest = {
  kind: Exclude<OperationKind, 'unlock'>;
  hostIds: string[];
  ref: string | null;
  releaseId: string | null;
  reason: string | null;
  params: OperationParams;
  strategy: Partial<Strategy> | null;
};

/** An operation asked for later. Times are epoch milliseconds. */
export type Schedule = {
  id: string;
  projectId: string;
  projectKey: string;
  groupId: string;
  request: ScheduledRequest;
  at: number;
  /** So long after its time it is still started. */
  graceSeconds: number;
  askedBy: string;
  askedName: string;
  askedAt: number;
  state: ScheduleState;
  operationId: string | null;
  /** Why it was not started: a text `error.<code>`. */
  outcome: { code: string; detail: Record<string, string | number> } | null;
  settledAt: number | null;
};
