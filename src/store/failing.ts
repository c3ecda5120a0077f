import type { LiveState } from '../model/process.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** A placement that is not well. `unknown`: its last look is too old to be believed, or it never got one. */
export type Failing = {
  placementId: string;
  projectKey: string;
  hostName: string;
  state: LiveState;
  since: number | null;
  message: string | null;
};

const bad: LiveState[] = ['failed', 'unreachable', 'no-supervisor'];

/** Services that fail, or of which nothing is known, the longest first; of some groups alone where they are given. */
export async function failing(db: Db, staleMs: number, groupIds?: string[], limit = 50): Promise<Failing[]> {
  const rows = await db('placement_states as s')
    .join('placements as p', 'p.id', 's.placement_id')
    .join('projects as j', 'j.id', 'p.project_id')
    .join('hosts as h', 'h.id', 'p.host_id')
    .where((either) =>
      either.whereIn('s.state', bad).orWhereRaw('abs(? - s.checked_at) > ?', [now(db), staleMs]),
    )
    .modify((query) => groupIds && query.whereIn('j.group_id', groupIds))
    .orderBy('s.since')
    .limit(limit)
    .select('s.*', 'j.project_key', 'h.name as host_name', db.raw('abs(? - s.checked_at) as age', [now(db)]));
  return rows.map((row: Record<string, unknown>) => ({
    placementId: row.placement_id as string,
    projectKey: row.project_key as string,
    hostName: row.host_name as string,
    state: Number(row.age) > staleMs ? 'unknown' : (row.state as LiveState),
    since: row.since === null ? null : Number(row.since),
    message: row.message as string | null,
  }));
}
