import type { LiveProcess } from '../model/live-state.ts';
import { type Moment, type SeenPlacement, short } from '../model/look.ts';
import { type PlacedBefore, processChanges } from '../model/process-change.ts';
import type { Db } from './database.ts';
import type { NewFlip } from './flips.ts';
import { inParts } from './in-parts.ts';

/** A placement as a look found it, and as it was recorded before; null: it never was. */
export type SeenProcesses = { hostId: string; found: SeenPlacement; before: PlacedBefore | null };

/** Writes the processes of some placements: what is as it was is left alone. Gives what changed. */
export async function recordProcesses(
  trx: Db,
  seen: readonly SeenProcesses[],
  moment: Moment,
): Promise<NewFlip[]> {
  const known = await processesOf(
    trx,
    seen.map(({ found }) => found.placementId),
  );
  const rows: Record<string, unknown>[] = [];
  const flips: NewFlip[] = [];
  for (const { hostId, found, before } of seen) {
    const { placementId } = found;
    const { changed, gone, turns } = processChanges(found, before, known.get(placementId) ?? [], moment);
    rows.push(...changed.map((process) => rowOf(placementId, process, moment.at)));
    flips.push(...turns.map((turn) => ({ hostId, placementId, ...turn })));
    for (const part of inParts(gone))
      await trx('process_states').where({ placement_id: placementId }).whereIn('process_name', part).delete();
  }
  for (const part of inParts(rows, 200))
    await trx('process_states').insert(part).onConflict(['placement_id', 'process_name']).merge();
  return flips;
}

/** What is recorded of the processes of some placements, by placement. */
async function processesOf(trx: Db, ids: readonly string[]): Promise<Map<string, LiveProcess[]>> {
  const found = new Map(ids.map((id): [string, LiveProcess[]] => [id, []]));
  if (ids.length === 0) return found;
  for (const row of await trx('process_states').whereIn('placement_id', [...ids]))
    found.get(row.placement_id)?.push({
      ...{ name: row.process_name, state: row.state, message: row.message },
      pid: row.pid === null ? null : Number(row.pid),
      since: row.since === null ? null : Number(row.since),
    });
  return found;
}

function rowOf(placementId: string, process: LiveProcess, at: number) {
  return {
    placement_id: placementId,
    process_name: process.name,
    state: process.state,
    pid: process.pid,
    since: process.since,
    message: short(process.message),
    checked_at: at,
  };
}
