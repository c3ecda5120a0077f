import type { Operation } from '../model/operation.ts';
import type { Db } from './database.ts';
import { operationOf } from './operations.ts';

const broken = ['failed', 'needs-attention'] as const;

/**
 * Operations that failed or need attention and that nothing has mended since (no later success of the same
 * project), newest first; of some groups alone where `groupIds` is given. Asked project by project: each reads by an
 * index what came after its last success.
 */
export async function unmended(db: Db, groupIds?: string[], limit = 30): Promise<Operation[]> {
  const since = db('operations as done')
    .whereRaw('done.project_id = p.id')
    .where('done.state', 'succeeded')
    .max('done.id');
  const ids: string[] = await db('projects as p')
    // In this order: by the newest first, all that ever failed would be gone through.
    .crossJoin(db.raw('operations as o'))
    .whereRaw('o.project_id = p.id')
    .whereIn('o.state', broken)
    .whereRaw("o.id > coalesce((?), '')", [since])
    .modify((query) => groupIds && query.whereIn('o.group_id', groupIds))
    .orderBy('o.id', 'desc')
    .limit(limit)
    .pluck('o.id');
  if (ids.length === 0) return [];
  return (await db('operations').whereIn('id', ids).orderBy('id', 'desc')).map(operationOf);
}
