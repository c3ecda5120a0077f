import { ulid } from 'ulid';
import {
  type Notice,
  type NoticeAttempt,
  type NoticeBody,
  type NoticeState,
  noticeStates,
} from '../model/notice.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

export async function byId(db: Db, id: string): Promise<Notice | null> {
  const row = await db('notices').where({ id }).first();
  return row ? toNotice(row) : null;
}

/** Newest first, older than `before` where it is given. */
export async function some(
  db: Db,
  filter: { state?: NoticeState; channelId?: string; before?: string; limit: number },
): Promise<Notice[]> {
  const rows = await db('notices')
    .modify((query) => filter.state && query.where({ state: filter.state }))
    .modify((query) => filter.channelId && query.where({ channel_id: filter.channelId }))
    .modify((query) => filter.before && query.where('id', '<', filter.before))
    .orderBy('id', 'desc')
    .limit(filter.limit);
  return rows.map(toNotice);
}

/** How many there are in each state; each is counted by its index. */
export async function counts(db: Db): Promise<Record<NoticeState, number>> {
  const found = { waiting: 0, sent: 0, undelivered: 0 };
  for (const state of noticeStates) {
    const row = await db('notices').where({ state }).count({ n: '*' }).first();
    found[state] = Number(row?.n ?? 0);
  }
  return found;
}

/** How many ended undelivered within the last `ms`. */
export async function undeliveredOf(db: Db, ms: number): Promise<number> {
  const row = await db('notices')
    .where({ state: 'undelivered' })
    .where('ended_at', '>', nowPlus(db, -ms))
    .count({ n: '*' })
    .first();
  return Number(row?.n ?? 0);
}

/** What a channel is to send now, in order. */
export async function dueOf(db: Db, channelId: string, limit: number): Promise<Notice[]> {
  const rows = await db('notices')
    .where({ channel_id: channelId, state: 'waiting' })
    .where('next_at', '<=', now(db))
    .orderBy([{ column: 'next_at' }, { column: 'id' }])
    .limit(limit);
  return rows.map(toNotice);
}

/** Notes that these are about to be sent in one message: whoever finds it later knows that they may have been. */
export async function begin(trx: Db, ids: readonly string[]): Promise<string[]> {
  await trx('notices')
    .whereIn('id', [...ids])
    .increment('attempts', 1);
  const rows = ids.map((noticeId) => ({
    ...{ id: ulid(), notice_id: noticeId, together: ids.length, result: 'begun' },
    at: now(trx),
  }));
  await trx('notice_attempts').insert(rows);
  return rows.map((row) => row.id);
}

/** Notes what came of it. */
export async function conclude(
  trx: Db,
  attemptIds: readonly string[],
  outcome: Pick<NoticeAttempt, 'ms' | 'code' | 'result' | 'answer'>,
): Promise<void> {
  const { ms, code, result, answer } = outcome;
  await trx('notice_attempts')
    .whereIn('id', [...attemptIds])
    .update({ ms, code, result, answer });
}

export async function sent(trx: Db, ids: readonly string[]): Promise<void> {
  await trx('notices')
    .whereIn('id', [...ids])
    .update({ state: 'sent', ended_at: now(trx), reason: null });
}

/** Tried again after `pauseMs`; `alone`: not with others in one message. */
export async function postpone(
  trx: Db,
  ids: readonly string[],
  reason: string,
  pauseMs: number,
  alone = false,
): Promise<void> {
  await trx('notices')
    .whereIn('id', [...ids])
    .where({ state: 'waiting' })
    .update({ reason, next_at: nowPlus(trx, pauseMs), ...(alone && { alone: true }) });
}

export async function giveUp(trx: Db, ids: readonly string[], reason: string): Promise<void> {
  await trx('notices')
    .whereIn('id', [...ids])
    .where({ state: 'waiting' })
    .update({ state: 'undelivered', ended_at: now(trx), reason });
}

/** A person wants it sent once more: it waits anew. False where it waits already. */
export async function again(db: Db, id: string): Promise<boolean> {
  const changed = await db('notices')
    .where({ id })
    .whereNot({ state: 'waiting' })
    .update({ state: 'waiting', created_at: now(db), next_at: now(db), ended_at: null, reason: null });
  return changed === 1;
}

/** Every try, oldest first. */
export async function attemptsOf(db: Db, noticeId: string): Promise<NoticeAttempt[]> {
  const rows = await db('notice_attempts').where({ notice_id: noticeId }).orderBy('id');
  return rows.map((row) => ({
    at: Number(row.at),
    ms: row.ms === null ? null : Number(row.ms),
    code: row.code === null ? null : Number(row.code),
    together: Number(row.together),
    result: row.result,
    answer: row.answer ?? '',
  }));
}

/** Forgets what was written before and does not wait any more, at most so many; gives how many it were. */
export async function forget(db: Db, before: number, most = 1000): Promise<number> {
  const ids = await db('notices')
    .where('id', '<', ulid(before))
    .whereNot({ state: 'waiting' })
    .orderBy('id')
    .limit(most)
    .pluck('id');
  for (const part of inParts(ids)) await db('notices').whereIn('id', part).delete();
  return ids.length;
}

/** Forgets tries of before, likewise. */
export async function forgetAttempts(db: Db, before: number, most = 1000): Promise<number> {
  const ids = await db('notice_attempts').where('at', '<', before).orderBy('at').limit(most).pluck('id');
  for (const part of inParts(ids)) await db('notice_attempts').whereIn('id', part).delete();
  return ids.length;
}

function toNotice(row: Record<string, unknown>): Notice {
  return {
    id: row.id as string,
    channelId: row.channel_id as string,
    topic: row.topic as string,
    body: JSON.parse(row.body as string) as NoticeBody,
    operationId: row.operation_id as string | null,
    ticketId: row.ticket_id as string | null,
    state: row.state as NoticeState,
    attempts: Number(row.attempts),
    alone: Boolean(row.alone),
    createdAt: Number(row.created_at),
    nextAt: Number(row.next_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
    reason: row.reason as string | null,
  };
}
