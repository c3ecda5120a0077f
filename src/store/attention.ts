import type { Operation } from '../model/operation.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';

/**
 * Operations that failed or need attention and that nothing has mended since (no later success of the same
 * project), newest first; of some groups alone where `groupIds` is given.
 */
export async function unmended(db: Db, groupIds?: string[], limit = 30): Promise<Operation[]> {
  const rows = await db('operations')
    .whereIn('state', ['failed', 'needs-attention'])
    .whereNotExists(
      db('operations as later')
        .whereRaw('later.project_id = operations.project_id AND later.id > operations.id')
        .where('later.state', 'succeeded')
        .select(db.raw('1')),
    )
    .modify((query) => groupIds && query.whereIn('group_id', groupIds))
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(operationOf);
}
