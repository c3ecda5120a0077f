import type { Knex } from 'knex';
import type { Operation, OperationState } from '../model/operation.ts';
import type { Db } from './database.ts';
import { idAt } from './id-at.ts';
import { operationOf } from './operations.ts';

/** How far the time in an operation's id, by a process's clock, may lie from the database's. */
const SLACK_MS = 3600_000;

/** All filters are optional; `before` and `limit` page by id, newest first. Times are epoch milliseconds. */
export type HistoryFilter = {
  projectId?: string;
  groupIds?: string[];
  /** Of these groups or these projects. */
  reach?: { groups: string[]; projects: string[] } | null;
  environment?: string;
  kind?: string;
  states?: OperationState[];
  requestedName?: string;
  from?: number;
  until?: number;
  before?: string;
  limit: number;
};

/** At most so many groups and projects are asked one by one. */
const OWNERS = 100;

export async function history(db: Db, filter: HistoryFilter): Promise<Operation[]> {
  const limit = Math.min(filter.limit, 500);
  const own = owners(filter);
  const apart = own.length > 1 && own.length <= OWNERS && !filter.requestedName;
  const whole = own.length === 1 ? own[0]! : filter;
  const rows = await (apart ? byOwners(db, own, limit) : newest(matching(db, whole), limit));
  return rows.map(operationOf);
}

/** The same for each group and project alone, where several are asked about; together they are the filter. */
function owners(filter: HistoryFilter): HistoryFilter[] {
  const { groupIds, projectId, reach } = filter;
  if (projectId) return [];
  if (!reach) return (groupIds ?? []).map((id) => ({ ...filter, groupIds: [id] }));
  const seen = reach.groups.filter((id) => !groupIds || groupIds.includes(id));
  return [
    ...seen.map((id) => ({ ...filter, reach: null, groupIds: [id] })),
    ...reach.projects.map((id) => ({ ...filter, reach: null, projectId: id })),
  ];
}

/** The newest of each by its index, and of those the newest: else all that they ever did would be put into order. */
async function byOwners(db: Db, own: HistoryFilter[], limit: number) {
  const each = own.map((filter) =>
    db.select('id').from(newest(matching(db, filter), limit).select('id').as('own')),
  );
  const found: { id: string }[] = await db.unionAll(each);
  const ids = [...new Set(found.map(({ id }) => id))].sort().slice(-limit);
  return newest(db('operations').whereIn('id', ids), limit);
}

function newest(query: Knex.QueryBuilder, limit: number): Knex.QueryBuilder {
  return query.orderBy('id', 'desc').limit(limit);
}

/** What one owner did is asked by its own index, which knows the rest too; the indexes of the rest know no owner. */
function matching(db: Db, filter: HistoryFilter): Knex.QueryBuilder {
  return db('operations').modify((query) => {
    if (filter.projectId) query.where('project_id', filter.projectId);
    if (filter.groupIds) query.whereIn('group_id', filter.groupIds);
    const { reach } = filter;
    if (reach)
      query.where((within) =>
        within.whereIn('group_id', reach.groups).orWhereIn('project_id', reach.projects),
      );
    const owned = filter.projectId !== undefined || filter.groupIds?.length === 1;
    const column = (name: string) => (owned ? db.raw("coalesce(??, '')", [name]) : name) as string;
    if (filter.environment) query.where(column('environment'), filter.environment);
    if (filter.kind) query.where(column('kind'), filter.kind);
    if (filter.states) query.whereIn(column('state'), filter.states);
    if (filter.requestedName) query.where('requested_name', filter.requestedName);
    const { from, until } = filter;
    if (from !== undefined) query.where('created_at', '>=', from).where('id', '>=', idAt(from - SLACK_MS));
    if (until !== undefined) query.where('created_at', '<', until).where('id', '<', idAt(until + SLACK_MS));
    if (filter.before) query.where('id', '<', filter.before);
  });
}
