import type { Schedule, ScheduleState } from '../model/scheduled.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

export type NewSchedule = Pick<
  Schedule,
  'id' | 'projectId' | 'projectKey' | 'groupId' | 'request' | 'at' | 'graceSeconds' | 'askedBy' | 'askedName'
> & { idempotencyKey: string };

/** Adds one that waits. The same key hits the unique key (`isDuplicate`). */
export async function add(db: Db, one: NewSchedule): Promise<void> {
  await db('schedules').insert({
    id: one.id,
    project_id: one.projectId,
    project_key: one.projectKey,
    group_id: one.groupId,
    kind: one.request.kind,
    request: JSON.stringify(one.request),
    at: one.at,
    grace_seconds: one.graceSeconds,
    asked_by: one.askedBy,
    asked_name: one.askedName,
    asked_at: now(db),
    state: 'waiting',
    idempotency_key: one.idempotencyKey,
  });
}

export async function byId(db: Db, id: string): Promise<Schedule | null> {
  const row = await db('schedules').where({ id }).first();
  return row ? scheduleOf(row) : null;
}

export async function byIdempotencyKey(db: Db, key: string): Promise<Schedule | null> {
  const row = await db('schedules').where({ idempotency_key: key }).first();
  return row ? scheduleOf(row) : null;
}

/** Those whose time has come, by the database's clock; the earliest first. */
export async function due(db: Db, limit: number): Promise<Schedule[]> {
  const rows = await db('schedules')
    .where({ state: 'waiting' })
    .where('at', '<=', now(db))
    .orderBy('at')
    .limit(limit);
  return rows.map(scheduleOf);
}

/** What waits, and what was not started within the last day; of a project or of some groups alone. */
export async function open(
  db: Db,
  of: { projectId?: string; groupIds?: string[] } = {},
): Promise<Schedule[]> {
  const rows = await db('schedules')
    .where((either) =>
      either
        .where({ state: 'waiting' })
        .orWhere((recent) =>
          recent.whereIn('state', ['missed', 'refused']).where('settled_at', '>', nowPlus(db, -86_400_000)),
        ),
    )
    .modify((query) => {
      if (of.projectId) query.where({ project_id: of.projectId });
      if (of.groupIds) query.whereIn('group_id', of.groupIds);
    })
    .orderBy('at')
    .limit(100);
  return rows.map(scheduleOf);
}

/** Decides one that waits. False where it was decided already: by another worker, or by a person. */
export async function settle(
  db: Db,
  id: string,
  state: Exclude<ScheduleState, 'waiting'>,
  outcome: Schedule['outcome'] = null,
): Promise<boolean> {
  const changed = await db('schedules')
    .where({ id, state: 'waiting' })
    .update({ state, outcome: outcome && JSON.stringify(outcome), settled_at: now(db) });
  return changed === 1;
}

/** Says what one that is due waits for. */
export async function waitFor(db: Db, one: Schedule, outcome: Schedule['outcome']): Promise<void> {
  const text = JSON.stringify(outcome);
  if (text === JSON.stringify(one.outcome)) return;
  await db('schedules').where({ id: one.id, state: 'waiting' }).update({ outcome: text });
}

export async function startedAs(db: Db, id: string, operationId: string): Promise<void> {
  await db('schedules').where({ id }).update({ operation_id: operationId });
}

function scheduleOf(row: Record<string, unknown>): Schedule {
  return {
    id: row.id as string,
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    groupId: row.group_id as string,
    request: JSON.parse(row.request as string),
    at: Number(row.at),
    graceSeconds: Number(row.grace_seconds),
    askedBy: row.asked_by as string,
    askedName: row.asked_name as string,
    askedAt: Number(row.asked_at),
    state: row.state as ScheduleState,
    operationId: row.operation_id as string | null,
    outcome: row.outcome ? JSON.parse(row.outcome as string) : null,
    settledAt: row.settled_at === null ? null : Number(row.settled_at),
  };
}
