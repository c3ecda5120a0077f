import type { Admission } from '../model/admission.ts';
import {
  type Failure,
  liveStates,
  type Operation,
  type OperationState,
  type Snapshot,
} from '../model/operation.ts';
import { completeSettings } from '../model/project.ts';
import { countAsked } from './asked-weeks.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { judgeEnded } from './judged-deploys.ts';
import { wake } from './locks.ts';
import { ticketEnded } from './ticket-runs.ts';

/** What of an operation is decided when it is asked for. */
export type NewOperation = Pick<
  Operation,
  | 'id'
  | 'projectId'
  | 'projectKey'
  | 'environment'
  | 'groupId'
  | 'kind'
  | 'ref'
  | 'releaseId'
  | 'fromOperation'
  | 'relation'
  | 'snapshot'
  | 'reason'
  | 'requestedBy'
  | 'requestedName'
> & { idempotencyKey: string | null; decision?: string | null } & Partial<
    Pick<Operation, 'ticketId' | 'admission'>
  >;

/** Adds a queued operation. The caller holds the project's lock for it in the same transaction. */
export async function add(db: Db, operation: NewOperation): Promise<void> {
  await db('operations').insert({
    id: operation.id,
    project_id: operation.projectId,
    project_key: operation.projectKey,
    environment: operation.environment,
    group_id: operation.groupId,
    kind: operation.kind,
    state: 'queued',
    ref: operation.ref,
    release_id: operation.releaseId,
    from_operation: operation.fromOperation,
    relation: operation.relation,
    snapshot: JSON.stringify(operation.snapshot),
    decision_hash: operation.decision ?? null,
    facts: '{}',
    ticket_id: operation.ticketId ?? null,
    admission: operation.admission ? JSON.stringify(operation.admission) : null,
    reason: operation.reason,
    requested_by: operation.requestedBy,
    requested_name: operation.requestedName,
    idempotency_key: operation.idempotencyKey,
    created_at: now(db),
  });
  await countAsked(db, operation.id);
}

export async function byId(db: Db, id: string): Promise<Operation | null> {
  const row = await db('operations').where({ id }).first();
  return row ? operationOf(row) : null;
}

export async function byIdempotencyKey(db: Db, key: string): Promise<Operation | null> {
  const row = await db('operations').where({ idempotency_key: key }).first();
  return row ? operationOf(row) : null;
}

/** Queued, running and paused ones, oldest first; of some groups alone where `groupIds` is given. */
export async function live(db: Db, groupIds?: string[]): Promise<Operation[]> {
  const rows = await db('operations')
    .whereIn('state', liveStates)
    .modify((query) => groupIds && query.whereIn('group_id', groupIds))
    .orderBy('id');
  return rows.map(operationOf);
}

/** Asks a live operation to end after the hosts at hand; one that waits is woken for it. False where it is over. */
export async function requestCancel(db: Db, id: string, by: string): Promise<boolean> {
  const changed = await db('operations')
    .where({ id })
    .whereIn('state', liveStates)
    .whereNull('cancel_requested_at')
    .update({ cancel_requested_at: now(db), cancel_requested_by: by });
  if (changed === 1) await wake(db, id);
  return changed === 1;
}

/** Facts that the plan's later steps need, and that survive a crash (the chosen release, say). */
export async function facts(db: Db, id: string): Promise<Record<string, unknown>> {
  const row = await db('operations').where({ id }).first('facts');
  return JSON.parse(row?.facts ?? '{}');
}

/** Ends a live operation whose lock was taken from it: what was under way is unknown from here on. */
export async function abandon(trx: Db, id: string): Promise<void> {
  await trx('operations')
    .where({ id })
    .update({ state: 'abandoned', finished_at: now(trx) });
  await trx('steps').where({ operation_id: id, state: 'pending' }).update({ state: 'skipped' });
  await trx('steps')
    .where({ operation_id: id, state: 'intent' })
    .update({ state: 'unknown', ended_at: now(trx) });
  await trx('operation_hosts').where({ operation_id: id, state: 'waiting' }).update({ state: 'untouched' });
  await trx('operation_hosts').where({ operation_id: id, state: 'active' }).update({ state: 'unknown' });
  await judgeEnded(trx, id);
  await ticketEnded(trx, id, 'abandoned');
}

/** A snapshot as it was stored, by an earlier version too. */
function completeSnapshot({ project, hosts, params }: Snapshot): Snapshot {
  const settings = completeSettings(project.settings);
  return { project: { ...project, settings }, hosts, params: params ?? {} };
}

export function operationOf(row: Record<string, unknown>): Operation {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    id: row.id as string,
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    environment: row.environment as string,
    groupId: row.group_id as string,
    kind: row.kind as Operation['kind'],
    state: row.state as OperationState,
    ref: row.ref as string | null,
    commit: row.commit_id as string | null,
    releaseId: row.release_id as string | null,
    fromOperation: row.from_operation as string | null,
    relation: row.relation as Operation['relation'],
    snapshot: completeSnapshot(JSON.parse(row.snapshot as string)),
    decision: row.decision_hash as string | null,
    ticketId: row.ticket_id as string | null,
    admission: row.admission ? (JSON.parse(row.admission as string) as Admission) : null,
    reason: row.reason as string | null,
    requestedBy: row.requested_by as string | null,
    requestedName: row.requested_name as string,
    createdAt: Number(row.created_at),
    startedAt: number(row.started_at),
    finishedAt: number(row.finished_at),
    cancelRequestedAt: number(row.cancel_requested_at),
    cancelRequestedBy: row.cancel_requested_by as string | null,
    pauseRequestedAt: number(row.pause_requested_at),
    pausedAt: number(row.paused_at),
    resumeAt: number(row.resume_at),
    pausedBy: row.paused_by as string | null,
    pauseReason: row.pause_reason as string | null,
    continuedAt: number(row.continued_at),
    continuedBy: row.continued_by as string | null,
    crashes: Number(row.crashes),
    failure: row.failure ? (JSON.parse(row.failure as string) as Failure) : null,
    lastLog: Number(row.last_log),
  };
}
