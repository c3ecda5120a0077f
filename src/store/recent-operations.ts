import type { OperationState } from '../model/operation.ts';
import type { Db } from './database.ts';
import { idAt } from './id-at.ts';

/** At most so many operations are counted. */
const MOST = 5000;

/** The newest operations of a project since `from`. */
export async function operationsSince(
  db: Db,
  projectId: string,
  from: number,
): Promise<{ at: number; state: OperationState }[]> {
  const rows = await db('operations')
    .where({ project_id: projectId })
    .where('id', '>=', idAt(from))
    .orderBy('id', 'desc')
    .limit(MOST)
    .select('created_at', 'state');
  return rows.map((row) => ({ at: Number(row.created_at), state: row.state }));
}
