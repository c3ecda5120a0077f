import type { Operation } from '../model/operation.ts';
import { type WeeklyRow, weeklyKinds } from '../model/weekly.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';

/** Whose operations are counted; `groupIds` as the person may see them, undefined: of all groups. */
export type Scope = { groupIds?: string[]; projectId?: string };

/** Of operations that are asked about: these kinds, asked for from `from` to before `until` (epoch milliseconds). */
export type Span = { kinds: readonly string[]; from: number; until: number };

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

/** Operations of a page of a list, newest first. */
export async function listed(db: Db, ids: string[]): Promise<Operation[]> {
  const rows = await db('operations').whereIn('id', ids).orderBy('created_at', 'desc').orderBy('id', 'desc');
  return rows.map(operationOf);
}
