import { type MachineReport, machineReport } from '../model/machine-report.ts';
import { type ProcessPulse, processPulse } from '../model/process-pulse.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

/** A worker or health process. */
export type WorkerRow = { id: string; kind: 'worker' | 'health'; machine: string; pid: number };

/** @param about what it tells of its machine */
export async function register(db: Db, worker: WorkerRow, about?: MachineReport): Promise<void> {
  const told = about ? { about: JSON.stringify(about) } : {};
  await db('workers').insert({ ...worker, ...told, started_at: now(db), heartbeat_at: now(db) });
}

export async function beat(db: Db, id: string, pulse?: ProcessPulse): Promise<void> {
  const told = pulse ? { pulse: JSON.stringify(pulse) } : {};
  await db('workers')
    .where({ id })
    .update({ ...told, heartbeat_at: now(db) });
}

/** A process that has told of itself, since when it lives and how long it has been silent; by kind and machine. */
export type BeatingProcess = Pick<WorkerRow, 'id' | 'kind' | 'machine'> & {
  startedAt: number;
  silentMs: number;
  pulse: ProcessPulse | null;
};

/** All that are known, those that died without a word for a day too. */
export async function beating(db: Db, limit = 200): Promise<BeatingProcess[]> {
  const rows: Record<string, unknown>[] = await db('workers')
    .orderBy('heartbeat_at', 'desc')
    .limit(limit)
    .select('id', 'kind', 'machine', 'started_at', 'pulse', db.raw('? - heartbeat_at as silent', [now(db)]));
  return rows.map((row) => ({
    id: String(row.id),
    kind: row.kind as WorkerRow['kind'],
    machine: String(row.machine),
    startedAt: Number(row.started_at),
    silentMs: Math.abs(Number(row.silent)),
    pulse: processPulse.safeParse(JSON.parse(String(row.pulse ?? 'null'))).data ?? null,
  }));
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
