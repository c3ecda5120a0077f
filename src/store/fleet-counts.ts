import type { LiveState } from '../model/process.ts';
import { now, readClock } from './clock.ts';
import type { Db } from './database.ts';
import { writing } from './transaction.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The fleet is counted so often; each of these counts is kept for two days, those of every sixth hour for a month. */
export const COUNTED_MS = HOUR / 2;
export const KEPT_MS = 6 * HOUR;

/** Counts the services in each state, once in half an hour whoever asks. True where it did. */
export async function countFleet(db: Db, staleMs: number): Promise<boolean> {
  const at = Math.floor((await readClock(db)) / COUNTED_MS) * COUNTED_MS;
  if (await db('fleet_counts').where({ at }).first('at')) return false;
  const rows: { group_id: string; shown: LiveState; n: number }[] = await db('placements as p')
    .join('projects as j', 'j.id', 'p.project_id')
    .leftJoin('placement_states as s', 's.placement_id', 'p.id')
    .groupBy('j.group_id', 'shown')
    .select('j.group_id', db.raw('count(*) as n'))
    .select(
      db.raw(
        "CASE WHEN s.state IS NULL OR abs(? - s.checked_at) > ? THEN 'unknown' ELSE s.state END as shown",
        [now(db), staleMs],
      ),
    );
  const counted = rows.map((row) => ({
    ...{ at, group_id: row.group_id, state: row.shown, services: Number(row.n) },
  }));
  await writing(db, async (trx) => {
    for (let begin = 0; begin < counted.length; begin += 200)
      await trx('fleet_counts')
        .insert(counted.slice(begin, begin + 200))
        .onConflict(['at', 'group_id', 'state'])
        .ignore();
    await forgetBefore(trx, at);
  });
  return counted.length > 0;
}

async function forgetBefore(trx: Db, at: number): Promise<void> {
  await trx('fleet_counts')
    .where('at', '<', at - 31 * DAY)
    .orWhere((thinned) => thinned.where('at', '<', at - 2 * DAY).whereRaw('at % ? <> 0', [KEPT_MS]))
    .delete();
}

/** How many services were in a state at a time. */
export type FleetCount = { at: number; state: LiveState; services: number };

/** The counts since `from` that fall on a multiple of `everyMs`, oldest first; of some groups alone where given. */
export async function fleetCounts(
  db: Db,
  { from, everyMs, groupIds }: { from: number; everyMs: number; groupIds: string[] | undefined },
): Promise<FleetCount[]> {
  const rows: { at: number | string; state: LiveState; n: number | string }[] = await db('fleet_counts')
    .where('at', '>=', from)
    .whereRaw('at % ? = 0', [everyMs])
    .modify((query) => groupIds && query.whereIn('group_id', groupIds))
    .groupBy('at', 'state')
    .orderBy('at')
    .select('at', 'state', db.raw('sum(services) as n'));
  return rows.map((row) => ({ at: Number(row.at), state: row.state, services: Number(row.n) }));
}
