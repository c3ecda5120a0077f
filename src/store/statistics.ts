import type { Knex } from 'knex';
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
  // Each kind by itself, so that an index knows the order and only the page's own length is read.
  const each = span.kinds.map((kind) =>
    inOrder(during(db, scope, { ...span, kinds: [kind] }), page.offset + page.limit).as('some'),
  );
  const rows = await inOrder(
    db.unionAll(each.map((one) => db.select('id', 'created_at').from(one))),
    page.limit,
  ).offset(page.offset);
  return { total: Number(counted?.n ?? 0), ids: rows.map(({ id }: { id: string }) => id) };
}

function inOrder(query: Knex.QueryBuilder, limit: number) {
  return query.select('id', 'created_at').orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
}

/** Operations of a page of a list, newest first. */
export async function listed(db: Db, ids: string[]): Promise<Operation[]> {
  if (ids.length === 0) return [];
  const rows = await db('operations').whereIn('id', ids).orderBy('created_at', 'desc').orderBy('id', 'desc');
  return rows.map(operationOf);
}
