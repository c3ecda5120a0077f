import type { LiveProcess } from '../model/live-state.ts';
import type { LiveState } from '../model/process.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** A placement as last seen. `message`: the host's own words, or the code of an error (`ssh_…`, `supervisor_…`). */
export type PlacementState = {
  state: LiveState;
  since: number | null;
  release: string | null;
  message: string | null;
  checkedAt: number | null;
  processes: LiveProcess[];
};

type PlacementRow = {
  placement_id: string;
  state: LiveState;
  since: number | null;
  release_id: string | null;
  message: string | null;
  checked_at: number;
  age: number;
};
type ProcessRow = {
  placement_id: string;
  process_name: string;
  state: LiveState;
  pid: number | null;
  since: number | null;
  message: string | null;
};

/**
 * The last known state of each of the placements. One never seen, or last seen more than `staleMs` ago, is
 * `unknown` since then and so are its processes; what else was known stays readable beside it.
 */
export async function placementStates(
  db: Db,
  placementIds: string[],
  staleMs: number,
): Promise<Map<string, PlacementState>> {
  const found = new Map(placementIds.map((id): [string, PlacementState] => [id, neverSeen()]));
  if (placementIds.length === 0) return found;
  const rows: PlacementRow[] = await db('placement_states')
    .whereIn('placement_id', placementIds)
    .select('*', db.raw('abs(? - checked_at) as age', [now(db)]));
  const processes: ProcessRow[] = await db('process_states')
    .whereIn('placement_id', placementIds)
    .orderBy('process_name');
  for (const row of rows) found.set(row.placement_id, placementState(row, processes, staleMs));
  return found;
}

function neverSeen(): PlacementState {
  return { state: 'unknown', since: null, release: null, message: null, checkedAt: null, processes: [] };
}

function placementState(row: PlacementRow, processes: ProcessRow[], staleMs: number): PlacementState {
  const stale = Number(row.age) > staleMs;
  return {
    state: stale ? 'unknown' : row.state,
    since: stale ? Number(row.checked_at) : numberOrNull(row.since),
    release: row.release_id,
    message: row.message,
    checkedAt: Number(row.checked_at),
    processes: processes
      .filter((process) => process.placement_id === row.placement_id)
      .map((process) => ({
        name: process.process_name,
        state: stale ? 'unknown' : process.state,
        pid: numberOrNull(process.pid),
        since: stale ? Number(row.checked_at) : numberOrNull(process.since),
        message: process.message,
      })),
  };
}

function numberOrNull(value: number | null): number | null {
  return value === null ? null : Number(value);
}

export { type HostState, hostStates } from './host-states.ts';
