import { liveStates } from '../model/operation.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

/** How many of each, by the columns that were asked for. */
export type Counted<Key extends string> = Record<Key, string> & { n: number };
/** A queue: how much waits in it, and for how long its oldest. Null: nothing waits. */
export type Queue = { n: number; oldestMs: number | null };

/** Operations that are not over, by kind and state: by their index, however long the history is. */
export async function liveOperations(db: Db): Promise<Counted<'kind' | 'state'>[]> {
  const rows: Record<string, unknown>[] = await db('operations')
    .whereIn('state', [...liveStates])
    .groupBy('kind', 'state')
    .select('kind', 'state')
    .count({ n: '*' });
  return rows.map((row) => ({ kind: String(row.kind), state: String(row.state), n: Number(row.n) }));
}

export async function waitingQuestions(db: Db): Promise<Queue> {
  const open = db('questions').where({ state: 'waiting' }).where('deadline_at', '>', now(db));
  return queueOf(await open.select(db.raw('? - min(asked_at) as oldest', [now(db)])).count({ n: '*' }));
}

export async function waitingNotices(db: Db): Promise<Queue> {
  const waiting = db('notices').where({ state: 'waiting' });
  return queueOf(await waiting.select(db.raw('? - min(created_at) as oldest', [now(db)])).count({ n: '*' }));
}

/** Notices that wait or could not be delivered, by channel: those that were sent are never counted here. */
export async function openNotices(db: Db, channels: number): Promise<Counted<'channel' | 'state'>[]> {
  const rows: Record<string, unknown>[] = await db('notices as n')
    .join(db('channels').orderBy('id').limit(channels).as('c'), 'c.id', 'n.channel_id')
    .whereIn('n.state', ['waiting', 'undelivered'])
    .groupBy('c.name', 'n.state')
    .select('c.name', 'n.state')
    .count({ n: '*' });
  return rows.map((row) => ({ channel: String(row.name), state: String(row.state), n: Number(row.n) }));
}

/** Attempts to tell something within the last hour, by channel and result. */
export async function recentAttempts(db: Db, channels: number): Promise<Counted<'channel' | 'result'>[]> {
  const rows: Record<string, unknown>[] = await db('notice_attempts as a')
    .join('notices as n', 'n.id', 'a.notice_id')
    .join(db('channels').orderBy('id').limit(channels).as('c'), 'c.id', 'n.channel_id')
    .where('a.at', '>', nowPlus(db, -3_600_000))
    .groupBy('c.name', 'a.result')
    .select('c.name', 'a.result')
    .count({ n: '*' });
  return rows.map((row) => ({ channel: String(row.name), result: String(row.result), n: Number(row.n) }));
}

export async function openAlarms(db: Db): Promise<Counted<'kind' | 'acknowledged'>[]> {
  const rows: Record<string, unknown>[] = await db('alarms')
    .whereNotNull('open_key')
    .groupBy('kind', 'acknowledged')
    .select('kind', db.raw("CASE WHEN acknowledged_at IS NULL THEN 'no' ELSE 'yes' END as acknowledged"))
    .count({ n: '*' });
  return rows.map((row) => ({
    kind: String(row.kind),
    acknowledged: String(row.acknowledged),
    n: Number(row.n),
  }));
}

function queueOf([row]: Record<string, unknown>[]): Queue {
  const oldest = row?.oldest ?? null;
  return { n: Number(row?.n ?? 0), oldestMs: oldest === null ? null : Math.max(0, Number(oldest)) };
}
