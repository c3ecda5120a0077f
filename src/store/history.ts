import type { Operation, OperationState } from '../model/operation.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';

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
      if (filter.from !== undefined) query.where('created_at', '>=', filter.from);
      if (filter.until !== undefined) query.where('created_at', '<', filter.until);
      if (filter.before) query.where('id', '<', filter.before);
    })
    .orderBy('id', 'desc')
    .limit(Math.min(filter.limit, 500));
  return rows.map(operationOf);
}
