import { claimable } from './claimable.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

/** Machines with something placed on them whose facts are due each `intervalMs`, those that wait longest first. */
export async function due(db: Db, intervalMs: number): Promise<string[]> {
  return db('hosts as h')
    .leftJoin('host_facts as f', 'f.host_id', 'h.id')
    .whereNotNull('h.host_key')
    .whereExists(db('placements as l').whereRaw('l.host_id = h.id').select(db.raw('1')))
    .where((either) => either.whereNull('f.host_id').orWhere(claimable(db, 'f.next_at', intervalMs)))
    .orderBy('f.next_at')
    .pluck('h.id');
}

/** Claims the gathering of one machine's facts: of several processes one does it per `intervalMs`. */
export async function claim(db: Db, hostId: string, intervalMs: number): Promise<boolean> {
  await db('host_facts').insert({ host_id: hostId }).onConflict('host_id').ignore();
  const taken = await db('host_facts')
    .where({ host_id: hostId })
    .where(claimable(db, 'next_at', intervalMs))
    .update({ next_at: nowPlus(db, intervalMs), tried_at: now(db) });
  return taken === 1;
}

/**
 * An operation has changed these placements: what was found of them before says nothing any more, and their machines
 * are due at once.
 */
export async function findAgain(db: Db, projectId: string, hostIds: readonly string[]): Promise<void> {
  const ids = await db('placements')
    .where({ project_id: projectId })
    .whereIn('host_id', [...hostIds])
    .pluck('id');
  await db('drifts').whereIn('placement_id', ids).delete();
  await db('placement_facts').whereIn('placement_id', ids).delete();
  await db('host_facts')
    .whereIn('host_id', [...hostIds])
    .update({ next_at: 0 });
}
