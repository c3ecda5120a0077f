import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

/** A worker or health process. */
export type WorkerRow = { id: string; kind: 'worker' | 'health'; machine: string; pid: number };

export async function register(db: Db, worker: WorkerRow): Promise<void> {
  await db('workers').insert({ ...worker, started_at: now(db), heartbeat_at: now(db) });
}

export async function beat(db: Db, id: string): Promise<void> {
  await db('workers')
    .where({ id })
    .update({ heartbeat_at: now(db) });
}

export async function leave(db: Db, id: string): Promise<void> {
  await db('workers').where({ id }).delete();
}

/** How many of a kind have told of themselves within `milliseconds`. */
export async function alive(db: Db, kind: WorkerRow['kind'], milliseconds: number): Promise<number> {
  const rows = await db('workers')
    .where({ kind })
    .where('heartbeat_at', '>', nowPlus(db, -milliseconds))
    .count({ n: '*' });
  return Number(rows[0]?.n ?? 0);
}

/** Forgets those that have been silent for so long. */
export async function forgetSilent(db: Db, milliseconds: number): Promise<void> {
  await db('workers').where('heartbeat_at', '<', nowPlus(db, -milliseconds)).delete();
}
