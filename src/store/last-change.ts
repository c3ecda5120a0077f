import type { Operation } from '../model/operation.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';

/** The newest operation that put a release onto a project's hosts and succeeded. */
export async function changedLast(db: Db, projectId: string): Promise<Operation | null> {
  const row = await db('operations')
    .where({ project_id: projectId, state: 'succeeded' })
    .whereIn('kind', ['deploy', 'promote', 'rollback', 'fast-rollback'])
    .orderBy('id', 'desc')
    .first();
  return row ? operationOf(row) : null;
}
