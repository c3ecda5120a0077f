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

export async function history(db: Db, filter: HistoryFilter): Promise<Operation[]> {
  const rows = await db('operations')
    .modify((query) => {
      if (filter.projectId) query.where('project_id', filter.projectId);
      if (filter.groupIds) query.whereIn('group_id', filter.groupIds);
      const { reach } = filter;
      if (reach)
        query.where((within) =>
          within.whereIn('group_id', reach.groups).orWhereIn('project_id', reach.projects),
        );
      if (filter.environment) query.where('environment', filter.environment);
      if (filter.kind) query.where('kind', filter.kind);
      if (filter.states) query.whereIn('state', filter.states);
      if (filter.requestedName) query.where('requested_name', filter.requestedName);
      const { from, until } = filter;
      if (from !== undefined) query.where('created_at', '>=', from).where('id', '>=', idAt(from - SLACK_MS));
      if (until !== undefined) query.where('created_at', '<', until).where('id', '<', idAt(until + SLACK_MS));
      if (filter.before) query.where('id', '<', filter.before);
    })
    .orderBy('id', 'desc')
    .limit(Math.min(filter.limit, 500));
  return rows.map(operationOf);
}
