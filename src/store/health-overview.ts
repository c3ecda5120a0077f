import type { Knex } from 'knex';
import type { LiveState } from '../model/process.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** A service on a machine as it was last seen. One last seen too long ago is `unknown` since then. */
export type SeenService = {
  placementId: string;
  projectId: string;
  projectKey: string;
  groupId: string;
  environment: string;
  hostId: string;
  hostName: string;
  state: LiveState;
  since: number | null;
  message: string | null;
};

export type OverviewFilter = {
  groupIds?: string[] | undefined;
  /** One of them alone. */
  groupId?: string;
  search?: string;
  environment?: string;
  state?: LiveState | null;
  hostId?: string;
  limit: number;
  offset?: number;
};

/** How many services are in each state. */
export async function stateCounts(
  db: Db,
  staleMs: number,
  groupIds?: string[],
): Promise<Map<LiveState, number>> {
  const rows = await services(db, staleMs, { groupIds, limit: 0 })
    .groupBy('shown')
    .select(db.raw('count(*) as n'));
  return new Map(
    (rows as unknown as { shown: LiveState; n: number }[]).map((row) => [row.shown, Number(row.n)]),
  );
}

/** Services, those that need somebody first, then by name. */
export async function overview(db: Db, staleMs: number, filter: OverviewFilter): Promise<SeenService[]> {
  const rows = await services(db, staleMs, filter)
    .join('hosts as h', 'h.id', 'p.host_id')
    .modify((query) => filter.search && query.where(matching(filter.search)))
    .modify((query) => filter.state && query.whereRaw(`${SHOWN} = ?`, [now(db), staleMs, filter.state]))
    .orderByRaw(RANK)
    .orderBy(['j.project_key', 'h.name'])
    .limit(filter.limit)
    .offset(filter.offset ?? 0)
    .select('p.id', 'p.project_id', 'p.host_id', 'j.project_key', 'j.group_id', 'j.environment')
    .select('h.name as host_name', 's.message')
    .select(db.raw(`${SINCE} as since`, [now(db), staleMs]));
  return (rows as unknown as Record<string, unknown>[]).map((row) => ({
    placementId: row.id as string,
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    groupId: row.group_id as string,
    environment: row.environment as string,
    hostId: row.host_id as string,
    hostName: row.host_name as string,
    state: row.shown as LiveState,
    since: row.since === null ? null : Number(row.since),
    message: row.message as string | null,
  }));
}

const SHOWN = "CASE WHEN s.state IS NULL OR abs(? - s.checked_at) > ? THEN 'unknown' ELSE s.state END";
const SINCE = 'CASE WHEN abs(? - s.checked_at) > ? THEN s.checked_at ELSE s.since END';
const RANK = `CASE shown WHEN 'failed' THEN 0 WHEN 'unreachable' THEN 1 WHEN 'no-supervisor' THEN 2
  WHEN 'unknown' THEN 3 WHEN 'stopped' THEN 4 WHEN 'starting' THEN 5 ELSE 6 END`;

function services(db: Db, staleMs: number, { groupIds, groupId, environment, hostId }: OverviewFilter) {
  return (
    db('projects as j')
      // In this order: by the index of a project's placements.
      .crossJoin(db.raw('placements as p'))
      .whereRaw('p.project_id = j.id')
      .leftJoin('placement_states as s', 's.placement_id', 'p.id')
      .modify((query) => groupIds && query.whereIn('j.group_id', groupIds))
      .modify((query) => groupId && query.where('j.group_id', groupId))
      .modify((query) => environment && query.where('j.environment', environment))
      .modify((query) => hostId && query.where('p.host_id', hostId))
      .select(db.raw(`${SHOWN} as shown`, [now(db), staleMs]))
  );
}

function matching(search: string) {
  const like = `%${search.replace(/[!%_]/g, '!$&')}%`;
  return (query: Knex.QueryBuilder) =>
    query.whereRaw("j.project_key LIKE ? ESCAPE '!'", [like]).orWhereRaw("h.name LIKE ? ESCAPE '!'", [like]);
}
