import type { Flip } from '../model/flip.ts';
import { stateOfHost } from '../model/look.ts';
import type { LiveState } from '../model/process.ts';
import type { Db } from './database.ts';

/** What a bar of a placement's or machine's past is made of; flips oldest first. */
export type Past = {
  /** Nothing is told of the time before: it was not seen, or is more than is read. */
  seenSince: number | null;
  state: LiveState | null;
  flips: Pick<Flip, 'at' | 'from' | 'to' | 'processName'>[];
};

/** At most so many changes are read for one page. */
const MOST = 20_000;

/** The past of some placements since `from`; changes of their processes among them where `processes`. */
export async function pastOf(
  db: Db,
  placementIds: readonly string[],
  from: number,
  { processes = true } = {},
): Promise<Map<string, Past>> {
  const ids = [...placementIds];
  if (ids.length === 0) return new Map();
  const states = await db('placement_states').whereIn('placement_id', ids);
  const newest = await db('flips')
    .whereIn('placement_id', ids)
    .where('at', '>=', from)
    .modify((query) => !processes && query.whereNull('process_name'))
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(MOST)
    .select('placement_id', 'process_name', 'at', 'from_state', 'to_state');
  const known = newest.length < MOST ? 0 : Number(newest.at(-1).at);
  const found = new Map(states.map((row): [string, Past] => [row.placement_id, pastOfRow(row, known)]));
  for (const row of newest.reverse())
    found.get(row.placement_id)?.flips.push({
      ...{ at: Number(row.at), from: row.from_state, to: row.to_state },
      processName: row.process_name,
    });
  return found;
}

/** The past of a machine since `from`; null where nobody ever looked at it. */
export async function pastOfHost(db: Db, hostId: string, from: number): Promise<Past | null> {
  const row = await db('host_states')
    .where({ host_id: hostId })
    .first('seen_since', 'reachable', 'supervisor');
  if (!row) return null;
  const flips = await db('flips')
    .where({ host_id: hostId })
    .whereNull('placement_id')
    .where('at', '>=', from)
    .orderBy('at', 'desc')
    .limit(MOST);
  const known = flips.length < MOST ? 0 : Number(flips.at(-1).at);
  const changes = flips.reverse().map(({ at, from_state, to_state }) => ({
    ...{ at: Number(at), from: from_state, to: to_state, processName: null },
  }));
  return { ...pastOfRow({ ...row, state: stateOfHost(row) }, known), flips: changes };
}

function pastOfRow(row: { seen_since: unknown; state: LiveState }, known: number): Past {
  const seen = row.seen_since === null ? null : Math.max(Number(row.seen_since), known);
  return { seenSince: seen, state: row.state, flips: [] };
}
