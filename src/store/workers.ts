import { type MachineReport, machineReport } from '../model/machine-report.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

/** A worker or health process. */
export type WorkerRow = { id: string; kind: 'worker' | 'health'; machine: string; pid: number };

/** @param about what it tells of its machine */
export async function register(db: Db, worker: WorkerRow, about?: MachineReport): Promise<void> {
  const told = about ? { about: JSON.stringify(about) } : {};
  await db('workers').insert({ ...worker, ...told, started_at: now(db), heartbeat_at: now(db) });
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

/** A worker that lives; `about` is null where it has told nothing that is understood here. */
export type LivingWorker = { machine: string; startedAt: number; about: MachineReport | null };

/** The workers that have told of themselves within `milliseconds`, by machine. */
export async function reports(db: Db, milliseconds: number): Promise<LivingWorker[]> {
  const rows: { machine: string; started_at: number | string; about: string | null }[] = await db('workers')
    .where({ kind: 'worker' })
    .where('heartbeat_at', '>', nowPlus(db, -milliseconds))
    .orderBy(['machine', 'id']);
  return rows.map(({ machine, started_at, about }) => ({
    machine,
    startedAt: Number(started_at),
    about: machineReport.safeParse(JSON.parse(about ?? 'null')).data ?? null,
  }));
}

/** Forgets those that have been silent for so long. */
export async function forgetSilent(db: Db, milliseconds: number): Promise<void> {
  await db('workers').where('heartbeat_at', '<', nowPlus(db, -milliseconds)).delete();
}
