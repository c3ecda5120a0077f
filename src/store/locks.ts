import { now, nowPlus, readClock } from './clock.ts';
import type { Db } from './database.ts';

/** A project's lock: held by an operation; run by the worker `owner` until `expiresAt` unless it renews. */
export type Lock = {
  projectId: string;
  operationId: string | null;
  heldSince: number | null;
  owner: string | null;
  fence: number;
  expiresAt: number | null;
  /** Its operation waits: no worker takes it before this time. */
  wakeAt: number | null;
};

/** Waits until a person tells it to go on: later than any clock. */
export const NEVER = 8_640_000_000_000_000;

/** What a worker holds while it runs an operation; every write of it names all three. */
export type Lease = { projectId: string; operationId: string; owner: string; fence: number };

export async function ofProject(db: Db, projectId: string): Promise<Lock | null> {
  const row = await db('locks').where({ project_id: projectId }).first();
  return row ? lockOf(row) : null;
}

/** Takes the free lock for an operation. False where another operation holds it. */
export async function hold(db: Db, projectId: string, operationId: string): Promise<boolean> {
  await db('locks').insert({ project_id: projectId, fence: 0 }).onConflict('project_id').ignore();
  const changed = await db('locks')
    .where({ project_id: projectId, operation_id: null })
    .update({ operation_id: operationId, held_since: now(db), owner: null, expires_at: null, wake_at: null });
  return changed === 1;
}

/**
 * Operations that a worker could take: queued ones, running ones whose lease ran out, and those whose wait is over.
 * Oldest first.
 */
export async function claimable(db: Db, limit: number): Promise<Lock[]> {
  const rows = await db('locks')
    .whereNotNull('operation_id')
    .andWhere((free) => free.whereNull('owner').orWhere('expires_at', '<', now(db)))
    .andWhere((awake) => awake.whereNull('wake_at').orWhere('wake_at', '<=', now(db)))
    .orderBy('operation_id')
    .limit(limit);
  return rows.map(lockOf);
}

/**
 * Takes over the lease with a higher fence. Null where another worker was faster. No fence is below the clock's
 * seconds: so neither a project that is made anew under its old name nor one of a restored database begins with
 * fences that its hosts have seen already.
 */
export async function claim(db: Db, lock: Lock, owner: string, leaseSeconds: number): Promise<Lease | null> {
  if (lock.operationId === null) return null;
  const fence = Math.max(lock.fence + 1, Math.floor((await readClock(db)) / 1000));
  const changed = await db('locks')
    .where({ project_id: lock.projectId, operation_id: lock.operationId, fence: lock.fence })
    .andWhere((free) => free.whereNull('owner').orWhere('expires_at', '<', now(db)))
    .andWhere((awake) => awake.whereNull('wake_at').orWhere('wake_at', '<=', now(db)))
    .update({ owner, fence, expires_at: nowPlus(db, leaseSeconds * 1000), wake_at: null });
  if (changed !== 1) return null;
  return { projectId: lock.projectId, operationId: lock.operationId, owner, fence };
}

/** False where the lease was lost. */
export async function renew(db: Db, lease: Lease, leaseSeconds: number): Promise<boolean> {
  const changed = await mine(db, lease).update({ expires_at: nowPlus(db, leaseSeconds * 1000) });
  return changed === 1;
}

/** True while the lease is this worker's; locks the row where the database can, for the rest of the transaction. */
export async function stillMine(db: Db, lease: Lease): Promise<boolean> {
  const row = await mine(db, lease)
    .modify((query) => db.isTransaction && query.forUpdate())
    .first('fence');
  return row !== undefined;
}

/** Hands the lease back so that any worker may go on at once; the operation keeps its project's lock. */
export async function handOver(db: Db, lease: Lease): Promise<void> {
  await mine(db, lease).update({ owner: null, expires_at: null });
}

/** Hands the lease back until `wakeAt` (epoch ms by the database's clock): nobody runs the operation before. */
export async function sleep(trx: Db, lease: Lease, wakeAt: number): Promise<void> {
  await mine(trx, lease).update({ owner: null, expires_at: null, wake_at: wakeAt });
}

/** Ends the wait of an operation: any worker may take it. */
export async function wake(db: Db, operationId: string): Promise<void> {
  await db('locks').where({ operation_id: operationId }).update({ wake_at: null });
}

/** Frees the project. False where the lease was lost. */
export async function release(db: Db, lease: Lease): Promise<boolean> {
  const changed = await mine(db, lease).update({
    operation_id: null,
    held_since: null,
    owner: null,
    expires_at: null,
    wake_at: null,
  });
  return changed === 1;
}

/** Takes the lock from `from` for `to`, with the next fence: whoever ran `from` is refused from now on. */
export async function transfer(db: Db, projectId: string, from: string, to: string): Promise<boolean> {
  const changed = await db('locks')
    .where({ project_id: projectId, operation_id: from })
    .update({
      operation_id: to,
      held_since: now(db),
      owner: null,
      expires_at: null,
      wake_at: null,
      fence: db.raw('fence + 1'),
    });
  return changed === 1;
}

function mine(db: Db, lease: Lease) {
  return db('locks').where({
    project_id: lease.projectId,
    operation_id: lease.operationId,
    owner: lease.owner,
    fence: lease.fence,
  });
}

function lockOf(row: Record<string, unknown>): Lock {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    projectId: row.project_id as string,
    operationId: row.operation_id as string | null,
    heldSince: number(row.held_since),
    owner: row.owner as string | null,
    fence: Number(row.fence),
    expiresAt: number(row.expires_at),
    wakeAt: number(row.wake_at),
  };
}
