import type { SeenHost } from '../model/look.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** A machine as last seen. */
export type HostState = SeenHost & { checkedAt: number | null };

/** The last known state of machines that were ever looked at, of some where `ids` is given; one older than `staleMs` is unknown. */
export async function hostStates(
  db: Db,
  staleMs: number,
  ids?: readonly string[],
): Promise<Map<string, HostState>> {
  const rows = await db('host_states')
    .modify((query) => ids && query.whereIn('host_id', [...ids]))
    .select('*', db.raw('abs(? - checked_at) as age', [now(db)]));
  return new Map(
    (rows as (Row & { host_id: string })[]).map((row): [string, HostState] => [
      row.host_id,
      hostState(row, staleMs),
    ]),
  );
}

type Row = Omit<HostState, 'checkedAt'> & { checked_at: number; age: number };

function hostState(row: Row, staleMs: number): HostState {
  const stale = Number(row.age) > staleMs;
  const seen = Number(row.checked_at);
  return {
    reachable: stale ? 'unknown' : row.reachable,
    supervisor: stale ? 'unknown' : row.supervisor,
    message: row.message,
    checkedAt: seen === 0 ? null : seen,
  };
}
