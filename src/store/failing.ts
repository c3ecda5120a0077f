import type { Knex } from 'knex';
import type { LiveState } from '../model/process.ts';
import { now, nowPlus } from './clock.ts';
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
    .whereIn('s.placement_id', await longest(db, staleMs, groupIds, limit))
    .orderBy('s.since')
    .limit(limit)
    .select('s.*', 'j.project_key', 'h.name as host_name', db.raw('abs(? - s.checked_at) as age', [now(db)]));
  const found = rows.map((row: Record<string, unknown>) => ({
    placementId: row.placement_id as string,
    projectKey: row.project_key as string,
    hostName: row.host_name as string,
    state: Number(row.age) > staleMs ? 'unknown' : (row.state as LiveState),
    since: row.since === null ? null : Number(row.since),
    message: row.message as string | null,
  }));
  // one may have become well since it was picked
  return found.filter(({ state }) => state === 'unknown' || bad.includes(state));
}

/** The first of each state and of those not looked at lately, by their indexes; of those that are well none is read. */
async function longest(db: Db, staleMs: number, groupIds: string[] | undefined, limit: number) {
  const some = () =>
    db('placement_states as s')
      .modify((query) => groupIds && inGroups(db, query, groupIds))
      .orderBy('s.since')
      .limit(limit)
      .select('s.placement_id as id');
  const each = [
    ...bad.map((state) => some().where('s.state', state)),
    some().where('s.checked_at', '<', nowPlus(db, -staleMs)),
    some().where('s.checked_at', '>', nowPlus(db, staleMs)),
  ];
  const found: { id: string }[] = await db.union(each.map((one) => db.select('id').from(one.as('some'))));
  return found.map(({ id }) => id);
}

function inGroups(db: Db, query: Knex.QueryBuilder, groupIds: string[]): void {
  query
    // In this order: by the index of states, oldest first.
    .crossJoin(db.raw('placements as p'))
    .crossJoin(db.raw('projects as j'))
    .whereRaw('p.id = s.placement_id')
    .whereRaw('j.id = p.project_id')
    .whereIn('j.group_id', groupIds);
}
