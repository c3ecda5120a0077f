import { ulid } from 'ulid';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';
import { keyOf } from './question-key.ts';
import { writing } from './transaction.ts';

export type QuestionKind =
  | 'refs'
  | 'commits'
  | 'host-key'
  | 'host-test'
  | 'adoption'
  | 'git-key'
  | 'log-tail'
  | 'diff'
  | 'comparison';
export type QuestionState = 'waiting' | 'claimed' | 'answered' | 'failed';

/** A short read-only job for a worker. */
export type Question = {
  id: string;
  kind: QuestionKind;
  args: Record<string, unknown>;
  state: QuestionState;
  askedBy: string | null;
  askedAt: number;
  deadlineAt: number;
  claimedBy: string | null;
  /** The answer where `answered`, a QuestionFailure where `failed`, else null. */
  answer: unknown;
};

/** Why there is no answer; `code` names the locale text `error.<code>`. */
export type QuestionFailure = { code: string; detail: Record<string, string | number> };

export type Asked = {
  kind: QuestionKind;
  args: Record<string, unknown>;
  askedBy: string | null;
  /** The answer is of no use to anybody after so long. */
  deadlineMs: number;
  /** The same question answered so recently, or still open, is asked only once. */
  cacheMs?: number;
};

/** Asks, or finds the same question asked recently. Answers the question's id. */
export async function ask(db: Db, asked: Asked): Promise<string> {
  return writing(db, async (trx) => {
    const cacheKey = asked.cacheMs === undefined ? null : keyOf(asked.kind, asked.args);
    const earlier = cacheKey && (await fresh(trx, cacheKey, asked.cacheMs ?? 0));
    if (earlier) return earlier;
    const id = ulid();
    await trx('questions').insert({
      id,
      kind: asked.kind,
      cache_key: cacheKey,
      args: JSON.stringify(asked.args),
      state: 'waiting',
      asked_by: asked.askedBy,
      asked_at: now(trx),
      deadline_at: nowPlus(trx, asked.deadlineMs),
    });
    return id;
  });
}

/** A question whose deadline passed without an answer reads as failed, whether or not a worker runs. */
export async function byId(db: Db, id: string): Promise<Question | null> {
  const row = await db('questions')
    .where({ id })
    .select('*', { now: now(db) })
    .first();
  if (!row) return null;
  const question = toQuestion(row);
  const open = question.state === 'waiting' || question.state === 'claimed';
  if (!open || question.deadlineAt >= Number(row.now)) return question;
  return { ...question, state: 'failed', answer: expired };
}

/** Takes up to `max` waiting questions for a worker, oldest first. */
export async function claim(db: Db, workerId: string, max: number): Promise<Question[]> {
  const waiting = await db('questions')
    .where({ state: 'waiting' })
    .where('deadline_at', '>', now(db))
    .orderBy([{ column: 'asked_at' }, { column: 'id' }])
    .limit(max);
  const claimed: Question[] = [];
  for (const row of waiting) {
    const won = await db('questions')
      .where({ id: row.id, state: 'waiting' })
      .update({ state: 'claimed', claimed_by: workerId });
    if (won === 1) claimed.push({ ...toQuestion(row), state: 'claimed', claimedBy: workerId });
  }
  return claimed;
}

export async function answer(db: Db, id: string, value: unknown): Promise<void> {
  await close(db, id, 'answered', value);
}

export async function fail(db: Db, id: string, failure: QuestionFailure): Promise<void> {
  await close(db, id, 'failed', failure);
}

/** Closes questions whose deadline passed and forgets those of yesterday. */
export async function expire(db: Db): Promise<void> {
  await db('questions')
    .whereIn('state', ['waiting', 'claimed'])
    .where('deadline_at', '<', now(db))
    .update({ state: 'failed', answer: JSON.stringify(expired), answered_at: now(db) });
  await db('questions').where('asked_at', '<', nowPlus(db, -86_400_000)).delete();
}

const expired: QuestionFailure = { code: 'question_expired', detail: {} };

async function close(db: Db, id: string, state: QuestionState, value: unknown): Promise<void> {
  await db('questions')
    .where({ id })
    .whereIn('state', ['waiting', 'claimed'])
    .update({ state, answer: JSON.stringify(value), answered_at: now(db) });
}

async function fresh(db: Db, cacheKey: string, cacheMs: number): Promise<string | null> {
  const row = await db('questions')
    .where({ cache_key: cacheKey })
    .where((either) =>
      either
        .where((done) => done.where({ state: 'answered' }).where('answered_at', '>', nowPlus(db, -cacheMs)))
        .orWhere((open) => open.whereIn('state', ['waiting', 'claimed']).where('deadline_at', '>', now(db))),
    )
    .orderBy('id', 'desc')
    .first('id');
  return row ? String(row.id) : null;
}

type Row = Record<'id' | 'kind' | 'args' | 'state', string> &
  Record<'asked_by' | 'claimed_by' | 'answer', string | null> &
  Record<'asked_at' | 'deadline_at', number | string>;

function toQuestion(row: Row): Question {
  return {
    id: row.id,
    kind: row.kind as QuestionKind,
    args: JSON.parse(row.args) as Record<string, unknown>,
    state: row.state as QuestionState,
    askedBy: row.asked_by,
    askedAt: Number(row.asked_at),
    deadlineAt: Number(row.deadline_at),
    claimedBy: row.claimed_by,
    answer: row.answer === null ? null : (JSON.parse(row.answer) as unknown),
  };
}
