import type { Operation } from '../model/operation.ts';
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
