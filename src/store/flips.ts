import { ulid } from 'ulid';
import type { Flip } from '../model/flip.ts';
import type { Turn } from '../model/seen-change.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/** A change as a look found it. */
export type NewFlip = Turn & Pick<Flip, 'hostId' | 'placementId' | 'processName' | 'message'>;

/** Writes changes; each names the operation that is at work on its project and host. */
export async function addFlips(trx: Db, flips: readonly NewFlip[]): Promise<void> {
  if (flips.length === 0) return;
  const working = await workingOn(trx, flips);
  const rows = flips.map((flip) => ({
    id: ulid(flip.at),
    at: flip.at,
    host_id: flip.hostId,
    placement_id: flip.placementId,
    process_name: flip.processName?.slice(0, 160) ?? null,
    from_state: flip.from,
    to_state: flip.to,
    message: flip.message,
    operation_id: flip.placementId ? (working.get(flip.placementId) ?? null) : null,
  }));
  for (let begin = 0; begin < rows.length; begin += 100)
    await trx('flips').insert(rows.slice(begin, begin + 100));
}

/** Placements on which an operation is at work, by id. */
async function workingOn(trx: Db, flips: readonly NewFlip[]): Promise<Map<string, string>> {
  const ids = [...new Set(flips.flatMap(({ placementId }) => placementId ?? []))];
  const rows = await trx('placements as p')
    .join('locks as k', 'k.project_id', 'p.project_id')
    .join('operation_hosts as o', (on) =>
      on.on('o.operation_id', 'k.operation_id').on('o.host_id', 'p.host_id'),
    )
    .whereIn('p.id', ids)
    .select('p.id', 'k.operation_id');
  return new Map(rows.map((row) => [row.id, row.operation_id]));
}

export type FlipFilter = { placementId?: string; hostId?: string; from: number; limit?: number };

/** Changes of a machine or of a placement and its processes since `from`, oldest first. */
export async function flipsOf(db: Db, { placementId, hostId, from, limit }: FlipFilter): Promise<Flip[]> {
  const rows = await db('flips')
    .modify((query) => placementId && query.where({ placement_id: placementId }))
    .modify((query) => hostId && query.where({ host_id: hostId }).whereNull('placement_id'))
    .where('at', '>=', from)
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit ?? 5000);
  return rows.reverse().map(flipOf);
}

/** Forgets older ones, at most so many; gives how many it were. */
export async function forgetFlips(db: Db, before: number, most = 1000): Promise<number> {
  const ids = await db('flips').where('at', '<', before).orderBy('at').limit(most).pluck('id');
  for (const part of inParts(ids)) await db('flips').whereIn('id', part).delete();
  return ids.length;
}

function flipOf(row: Record<string, unknown>): Flip {
  return {
    id: row.id as string,
    at: Number(row.at),
    hostId: row.host_id as string,
    placementId: row.placement_id as string | null,
    processName: row.process_name as string | null,
    from: row.from_state as Flip['from'],
    to: row.to_state as Flip['to'],
    message: row.message as string | null,
    operationId: row.operation_id as string | null,
  };
}
