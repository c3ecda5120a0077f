import type { OperationHostState, OperationState } from '../model/operation.ts';
import type { StepState } from '../model/step.ts';
import type { Db } from './database.ts';

/** What of an operation changes while it runs. */
export type OperationPulse = {
  state: OperationState;
  startedAt: number | null;
  finishedAt: number | null;
  cancelRequestedAt: number | null;
  pauseRequestedAt: number | null;
  resumeAt: number | null;
  commit: string | null;
  lastLog: number;
};

export type StepPulse = {
  id: string;
  state: StepState;
  startedAt: number | null;
  endedAt: number | null;
};

export type HostPulse = { hostId: string; state: OperationHostState };

/** The operation's own row, without its snapshot; null where there is none. Asked ten times a second. */
export async function ofOperation(db: Db, id: string): Promise<OperationPulse | null> {
  const row = await db('operations')
    .where({ id })
    .first(
      ...['state', 'started_at', 'finished_at', 'cancel_requested_at', 'commit_id', 'last_log'],
      ...['pause_requested_at', 'resume_at'],
    );
  if (!row) return null;
  return {
    state: row.state,
    startedAt: numberOrNone(row.started_at),
    finishedAt: numberOrNone(row.finished_at),
    cancelRequestedAt: numberOrNone(row.cancel_requested_at),
    pauseRequestedAt: numberOrNone(row.pause_requested_at),
    resumeAt: numberOrNone(row.resume_at),
    commit: row.commit_id,
    lastLog: Number(row.last_log),
  };
}

/** A short text that changes whenever a step does: cheap to ask for, whatever the number of steps. */
export async function stepsPrint(db: Db, operationId: string): Promise<string> {
  const rows = await db('steps')
    .where({ operation_id: operationId })
    .groupBy('state')
    .orderBy('state')
    .select('state')
    .count({ n: '*' })
    .sum({ started: 'started_at', ended: 'ended_at' });
  return JSON.stringify(rows);
}

export async function steps(db: Db, operationId: string): Promise<StepPulse[]> {
  const rows = await db('steps')
    .where({ operation_id: operationId })
    .orderBy('position')
    .select('id', 'state', 'started_at', 'ended_at');
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    startedAt: numberOrNone(row.started_at),
    endedAt: numberOrNone(row.ended_at),
  }));
}

export async function hosts(db: Db, operationId: string): Promise<HostPulse[]> {
  const rows = await db('operation_hosts')
    .where({ operation_id: operationId })
    .orderBy('position')
    .select('host_id', 'state');
  return rows.map((row) => ({ hostId: row.host_id, state: row.state }));
}

function numberOrNone(value: unknown): number | null {
  return value === null ? null : Number(value);
}
