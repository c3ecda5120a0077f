import type { Flip } from '../model/flip.ts';
import type { LiveState } from '../model/process.ts';
import type { Db } from './database.ts';

/** What a bar of a placement's or machine's past is made of; flips oldest first. */
export type Past = {
  seenSince: number | null;
  state: LiveState | null;
  flips: Pick<Flip, 'at' | 'from' | 'to' | 'processName'>[];
};

/** The past of some placements since `from`; changes of their processes among them. */
export async function pastOf(
  db: Db,
  placementIds: readonly string[],
  from: number,
): Promise<Map<string, Past>> {
  const ids = [...placementIds];
  const states = await db('placement_states').whereIn('placement_id', ids);
  const found = new Map<string, Past>(
    states.map((row): [string, Past] => [
      row.placement_id,
      { seenSince: row.seen_since === null ? null : Number(row.seen_since), state: row.state, flips: [] },
    ]),
  );
  const rows = await db('flips').whereIn('placement_id', ids).where('at', '>=', from).orderBy(['at', 'id']);
  for (const row of rows)
    found.get(row.placement_id)?.flips.push({
      ...{ at: Number(row.at), from: row.from_state, to: row.to_state },
      processName: row.process_name,
    });
  return found;
}
