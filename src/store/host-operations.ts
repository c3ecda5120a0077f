import { liveStates, type Operation, type OperationKind } from '../model/operation.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';

/** The newest operation of these kinds that succeeded on a host for a project; null where there is none. */
export async function lastOfHost(
  db: Db,
  projectId: string,
  hostId: string,
  kinds: OperationKind[],
): Promise<Operation | null> {
  const row = await db('operations as o')
    .join('operation_hosts as h', 'h.operation_id', 'o.id')
    .where({ 'o.project_id': projectId, 'o.state': 'succeeded', 'h.host_id': hostId })
    .whereIn('o.kind', kinds)
    .orderBy('o.id', 'desc')
    .first('o.*');
  return row ? operationOf(row) : null;
}

/** Those of a project that are not over: one at most holds it. */
export async function liveOfProject(db: Db, projectId: string): Promise<Operation[]> {
  const rows = await db('operations')
    .where({ project_id: projectId })
    .whereIn('state', liveStates)
    .orderBy('id');
  return rows.map(operationOf);
}
