import type { Db } from './database.ts';

/** Looks in a row that found a placement bad, and whether an operation is changing it now. */
export type PlacementMark = { badLooks: number; busy: boolean };

/** What is to be said of some placements beside their state. */
export async function placementMarks(
  db: Db,
  placementIds: readonly string[],
): Promise<Map<string, PlacementMark>> {
  const ids = [...placementIds];
  if (ids.length === 0) return new Map();
  const bad = await db('placement_states')
    .whereIn('placement_id', ids)
    .where('bad_looks', '>', 0)
    .select('placement_id', 'bad_looks');
  const busy = await db('placements as p')
    .join('locks as k', 'k.project_id', 'p.project_id')
    .join('operation_hosts as w', (on) =>
      on.on('w.operation_id', 'k.operation_id').on('w.host_id', 'p.host_id'),
    )
    .whereIn('p.id', ids)
    .where('w.state', 'active')
    .pluck('p.id');
  const found = new Map(ids.map((id): [string, PlacementMark] => [id, { badLooks: 0, busy: false }]));
  for (const row of bad) found.set(row.placement_id, { badLooks: Number(row.bad_looks), busy: false });
  for (const id of busy) found.set(id, { badLooks: found.get(id)?.badLooks ?? 0, busy: true });
  return found;
}
