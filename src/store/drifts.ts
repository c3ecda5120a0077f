import type { Knex } from 'knex';
import { CLOCK_MS, type Disk, type Drift, diskLimits } from '../model/drift.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** What of a placement is not as it was left, as it was last found. */
export type DriftRow = Drift & {
  placementId: string;
  projectId: string;
  projectKey: string;
  groupId: string;
  environment: string;
  production: boolean;
  hostId: string;
  hostName: string;
  since: number;
  checkedAt: number;
  /** Found too long ago: nobody knows whether it is still so. */
  stale: boolean;
  /** An operation holds the project. */
  busy: boolean;
};

export type DriftFilter = {
  groupIds?: readonly string[] | undefined;
  groupId?: string;
  environment?: string;
  projectIds?: readonly string[];
  placementId?: string;
  /** Part of a project's key or a host's name. */
  search?: string;
  limit?: number;
};

/** What is not as it was left, by project and host. @param staleMs how long facts are believed */
export async function drifts(db: Db, staleMs: number, filter: DriftFilter): Promise<DriftRow[]> {
  const rows = await placed(db, filter)
    .join('drifts as d', 'd.placement_id', 'l.id')
    .join('placement_facts as f', 'f.placement_id', 'l.id')
    .join('environments as e', 'e.name', 'p.environment')
    .leftJoin('locks as k', 'k.project_id', 'p.id')
    .orderBy(['p.project_key', 'h.name', 'd.what', 'd.item'])
    .limit(filter.limit ?? 1000)
    .select('d.*', 'p.id as project_id', 'p.project_key', 'p.group_id', 'p.environment', 'e.production')
    .select('h.id as host_id', 'h.name as host_name', 'f.checked_at', 'k.operation_id')
    .select(db.raw('(? - f.checked_at > ?) as stale', [now(db), staleMs]));
  return (rows as unknown as Record<string, unknown>[]).map((row) => ({
    ...{
      what: row.what as Drift['what'],
      item: row.item as string,
      detail: JSON.parse(row.detail as string),
    },
    ...{ placementId: row.placement_id as string, projectId: row.project_id as string },
    ...{ projectKey: row.project_key as string, groupId: row.group_id as string },
    ...{ environment: row.environment as string, production: Boolean(row.production) },
    ...{ hostId: row.host_id as string, hostName: row.host_name as string },
    ...{ since: Number(row.since), checkedAt: Number(row.checked_at) },
    ...{ stale: Number(row.stale) === 1, busy: row.operation_id !== null },
  }));
}

/** How many placements there are, and of how many the facts are believed. */
export async function counts(
  db: Db,
  staleMs: number,
  filter: DriftFilter,
): Promise<{ all: number; known: number; lastAt: number | null }> {
  const row = await placed(db, filter)
    .leftJoin('placement_facts as f', 'f.placement_id', 'l.id')
    .select(db.raw('count(*) as number_of'), db.raw('max(f.checked_at) as last_at'))
    .select(
      db.raw('sum(case when f.checked_at is not null and ? - f.checked_at <= ? then 1 else 0 end) as known', [
        now(db),
        staleMs,
      ]),
    )
    .first();
  const { number_of, known, last_at } = row as unknown as Record<string, unknown>;
  return {
    all: Number(number_of),
    known: Number(known ?? 0),
    lastAt: last_at === null ? null : Number(last_at),
  };
}

/** A machine's own facts. `checkedAt` null: never gathered; `message`: why not, the last time. */
export type HostFactRow = {
  hostId: string;
  hostName: string;
  clockMs: number | null;
  disks: Disk[];
  checkedAt: number | null;
  stale: boolean;
  message: string | null;
};

/** Machines with something of these groups on them that are short of space, or whose clock is off. */
export async function troubledHosts(db: Db, staleMs: number, filter: DriftFilter): Promise<HostFactRow[]> {
  const rows = await machines(db, staleMs, filter).where((either) =>
    either
      .where('m.disk_percent', '>=', diskLimits.warning.from)
      .orWhere('m.clock_ms', '>', CLOCK_MS)
      .orWhere('m.clock_ms', '<', -CLOCK_MS),
  );
  return rows.map(hostFacts);
}

/** Machines of which too little is known: never asked, or too long ago. */
export async function unknownHosts(db: Db, staleMs: number, filter: DriftFilter): Promise<HostFactRow[]> {
  const rows = await machines(db, staleMs, filter).where((either) =>
    either
      .whereNull('m.checked_at')
      .orWhereNotNull('m.message')
      .orWhereRaw('? - m.checked_at > ?', [now(db), staleMs]),
  );
  return rows.map(hostFacts);
}

function machines(db: Db, staleMs: number, filter: DriftFilter) {
  const seen = placed(db, filter).select('h.id');
  return db('hosts as h')
    .leftJoin('host_facts as m', 'm.host_id', 'h.id')
    .whereIn('h.id', seen as unknown as Knex.QueryBuilder)
    .orderBy('h.name')
    .limit(filter.limit ?? 1000)
    .select('h.id', 'h.name', 'm.clock_ms', 'm.disks', 'm.checked_at', 'm.message')
    .select(db.raw('(? - m.checked_at > ?) as stale', [now(db), staleMs]));
}

function hostFacts(row: Record<string, unknown>): HostFactRow {
  return {
    hostId: row.id as string,
    hostName: row.name as string,
    clockMs: row.clock_ms === null ? null : Number(row.clock_ms),
    disks: JSON.parse((row.disks as string | null) ?? '[]'),
    checkedAt: row.checked_at === null ? null : Number(row.checked_at),
    stale: row.checked_at === null || Number(row.stale) === 1,
    message: row.message as string | null,
  };
}

function placed(db: Db, { groupIds, groupId, environment, projectIds, placementId, search }: DriftFilter) {
  return db('placements as l')
    .join('projects as p', 'p.id', 'l.project_id')
    .join('hosts as h', 'h.id', 'l.host_id')
    .modify((query) => groupIds && query.whereIn('p.group_id', [...groupIds]))
    .modify((query) => groupId && query.where('p.group_id', groupId))
    .modify((query) => environment && query.where('p.environment', environment))
    .modify((query) => projectIds && query.whereIn('p.id', [...projectIds]))
    .modify((query) => placementId && query.where('l.id', placementId))
    .modify((query) => search && query.where(matching(search)));
}

function matching(search: string) {
  const like = `%${search.replace(/[!%_]/g, '!$&')}%`;
  return (query: Knex.QueryBuilder) =>
    query.whereRaw("p.project_key LIKE ? ESCAPE '!'", [like]).orWhereRaw("h.name LIKE ? ESCAPE '!'", [like]);
}
