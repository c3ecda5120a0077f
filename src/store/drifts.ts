import type { Drift } from '../model/drift.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { type DriftFilter, within } from './drift-filter.ts';

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
    .select(db.raw('(abs(? - f.checked_at) > ?) as stale', [now(db), staleMs]));
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
  const row = await db('projects as p')
    // In this order: by the indexes of a project's placements and of the ages of facts.
    .crossJoin(db.raw('placements as l'))
    .whereRaw('l.project_id = p.id')
    .modify((query) => filter.search && query.join('hosts as h', 'h.id', 'l.host_id'))
    .modify(within(filter))
    .leftJoin('placement_facts as f', 'f.placement_id', 'l.id')
    .select(db.raw('count(*) as number_of'), db.raw('max(f.checked_at) as last_at'))
    .select(
      db.raw(
        'sum(case when f.checked_at is not null and abs(? - f.checked_at) <= ? then 1 else 0 end) as known',
        [now(db), staleMs],
      ),
    )
    .first();
  const { number_of, known, last_at } = row as unknown as Record<string, unknown>;
  return {
    all: Number(number_of),
    known: Number(known ?? 0),
    lastAt: last_at === null ? null : Number(last_at),
  };
}

function placed(db: Db, filter: DriftFilter) {
  return db('placements as l')
    .join('projects as p', 'p.id', 'l.project_id')
    .join('hosts as h', 'h.id', 'l.host_id')
    .modify(within(filter));
}
