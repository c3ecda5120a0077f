import { type Delivery, deployKinds, failedStates, rollbackKinds } from '../model/delivery.ts';
import type { Operation } from '../model/operation.ts';
import { type WeeklyRow, weeklyKinds } from '../model/weekly.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';

/** Whose operations are counted; `groupIds` as the person may see them, undefined: of all groups. */
export type Scope = { groupIds?: string[]; projectId?: string };

/** Of operations that are asked about: these kinds, asked for from `from` to before `until` (epoch milliseconds). */
export type Span = { kinds: readonly string[]; from: number; until: number };

/** More deploys than these are not judged at once. */
export const DELIVERIES = 20_000;

const within = (db: Db, { groupIds, projectId }: Scope) =>
  db('operations').modify((query) => {
    if (groupIds) query.whereIn('operations.group_id', groupIds);
    if (projectId) query.where('operations.project_id', projectId);
  });

const during = (db: Db, scope: Scope, { kinds, from, until }: Span) =>
  within(db, scope)
    .whereIn('operations.kind', kinds)
    .where('operations.created_at', '>=', from)
    .where('operations.created_at', '<', until);

/** How often each project was asked for each kind, by weeks. @param starts the begin of each week and the last's end */
export async function weekly(db: Db, scope: Scope, starts: number[]): Promise<WeeklyRow[]> {
  const ends = starts.slice(1);
  const week = `case ${ends.map((_, index) => `when created_at < ? then ${index}`).join(' ')} end as week`;
  const span = { kinds: Object.values(weeklyKinds).flat(), from: starts[0]!, until: ends.at(-1)! };
  const rows: Record<string, unknown>[] = await during(db, scope, span)
    .select('project_id', 'kind', db.raw(week, ends))
    .max({ project_key: 'project_key' })
    .count({ n: '*' })
    .groupBy('project_id', 'kind', 'week');
  return rows.map((row) => ({
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    kind: row.kind as string,
    week: Number(row.week),
    count: Number(row.n),
  }));
}

/** How many there are, and the ids of one page of them, newest first. */
export async function asked(
  db: Db,
  scope: Scope,
  span: Span,
  page: { offset: number; limit: number },
): Promise<{ total: number; ids: string[] }> {
  const counted = await during(db, scope, span).count({ n: '*' }).first();
  const rows = await during(db, scope, span)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(page.offset)
    .limit(page.limit)
    .select('id');
  return { total: Number(counted?.n ?? 0), ids: rows.map(({ id }: { id: string }) => id) };
}

/**
 * What was deployed or rolled back in production since `from` and has ended, in no order; null where it is more than
 * can be judged at once. An environment is production as it is set now.
 */
export async function deliveries(db: Db, scope: Scope, from: number): Promise<Delivery[] | null> {
  const span = { kinds: [...deployKinds, ...rollbackKinds], from, until: Number.MAX_SAFE_INTEGER };
  const production = db('environments').where({ production: true }).select('name');
  const rows: Record<string, unknown>[] = await during(db, scope, span)
    .whereIn('operations.environment', production)
    .whereIn('operations.state', ['succeeded', ...failedStates])
    .whereNotNull('operations.finished_at')
    .leftJoin('releases', 'releases.id', 'operations.release_id')
    .select('operations.id', 'operations.project_id', 'operations.project_key', 'operations.group_id')
    .select('operations.kind', 'operations.state', 'operations.release_id', 'operations.finished_at')
    .select('releases.committed_at', { again: earlier(db) })
    .limit(DELIVERIES + 1);
  return rows.length > DELIVERIES ? null : rows.map(deliveryOf);
}

/** How many times the commit had come to the project before. */
function earlier(db: Db) {
  return (
    db('operations as sooner')
      .whereRaw('sooner.project_id = operations.project_id')
      .whereRaw('sooner.commit_id = operations.commit_id')
      .whereRaw('sooner.id < operations.id')
      .whereIn('sooner.kind', deployKinds)
      // Behind a function, or SQLite goes through all successes there ever were instead of the commit's few.
      .whereRaw("coalesce(sooner.state, '') = 'succeeded'")
      .count('*')
  );
}

function deliveryOf(row: Record<string, unknown>): Delivery {
  return {
    id: row.id as string,
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    groupId: row.group_id as string,
    kind: row.kind as string,
    succeeded: row.state === 'succeeded',
    releaseId: row.release_id as string | null,
    finishedAt: Number(row.finished_at),
    committedAt: row.committed_at === null ? null : Number(row.committed_at),
    first: Number(row.again) === 0,
  };
}

/** Operations of a page of a list, newest first. */
export async function listed(db: Db, ids: string[]): Promise<Operation[]> {
  const rows = await db('operations').whereIn('id', ids).orderBy('created_at', 'desc').orderBy('id', 'desc');
  return rows.map(operationOf);
}
