import { liveStates } from '../model/operation.ts';
import { operationChanged } from './changes.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';
import { type Lease, NEVER, sleep, wake } from './locks.ts';

/** A person's wish that an operation waits at its next host boundary. False where that makes no sense now. */
export async function request(db: Db, id: string, by: string, reason: string | null): Promise<boolean> {
  const wish = { pause_requested_at: now(db), paused_by: by, pause_reason: reason };
  const asked = await db('operations')
    .where({ id })
    .whereIn('state', ['queued', 'running'])
    .whereNull('pause_requested_at')
    .whereNull('cancel_requested_at')
    .update(wish);
  return asked === 1 || holdLonger(db, id, by, reason);
}

/** One that waits for a time already waits for a person from now on. */
async function holdLonger(db: Db, id: string, by: string, reason: string | null): Promise<boolean> {
  const asleep = await db('locks')
    .where({ operation_id: id, owner: null })
    .where('wake_at', '<', NEVER)
    .update({ wake_at: NEVER });
  if (asleep !== 1) return false;
  await db('operations')
    .where({ id, state: 'paused' })
    .update({ resume_at: null, paused_by: by, pause_reason: reason });
  return true;
}

/** Tells a waiting operation to go on, or takes a wish to wait back. False where there is neither. */
export async function resume(db: Db, id: string, by: string): Promise<boolean> {
  const told = { continued_at: now(db), continued_by: by, pause_requested_at: null };
  const waiting = await db('operations')
    .where({ id, state: 'paused' })
    .update({ ...told, state: 'queued', paused_at: null, resume_at: null });
  if (waiting === 1) {
    await wake(db, id);
    await operationChanged(db, id);
    return true;
  }
  const unwished = await db('operations')
    .where({ id })
    .whereIn('state', liveStates)
    .whereNotNull('pause_requested_at')
    .update(told);
  return unwished === 1;
}

/**
 * Lets an operation wait, and its worker go, in the caller's transaction under the lease. False where it was
 * cancelled meanwhile: it shall end instead.
 * @param until epoch ms by the database's clock; null: until a person continues
 * @param planned by the strategy, not wished by a person
 */
export async function pause(trx: Db, lease: Lease, until: number | null, planned: boolean): Promise<boolean> {
  const waits = await trx('operations')
    .where({ id: lease.operationId })
    .whereNull('cancel_requested_at')
    .update({
      state: 'paused',
      paused_at: now(trx),
      resume_at: until,
      pause_requested_at: null,
      ...(planned ? { paused_by: null, pause_reason: null } : {}),
    });
  if (waits === 1) {
    await sleep(trx, lease, until ?? NEVER);
    await operationChanged(trx, lease.operationId);
  }
  return waits === 1;
}

/** What a wait at a gate goes by: the database's clock, and when a person last told the operation to go on. */
export async function clockAndWord(
  db: Db,
  id: string,
): Promise<{ now: number; continuedAt: number | null; continuedBy: string | null }> {
  const row = await db('operations')
    .where({ id })
    .first('continued_at', 'continued_by', { now: nowPlus(db, 0) });
  const at = row?.continued_at ?? null;
  return {
    now: Number(row?.now),
    continuedAt: at === null ? null : Number(at),
    continuedBy: row?.continued_by ?? null,
  };
}
