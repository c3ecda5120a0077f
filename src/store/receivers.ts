import type { Db } from './database.ts';

/** Receivers of changes: programs that hear of a group's, or of everybody's (`groupId` null). */
export async function receivers(trx: Db): Promise<{ id: string; groupId: string | null }[]> {
  const rows = await trx('channels').where({ kind: 'webhook' }).select('id', 'group_id');
  return rows.map((row) => ({ id: row.id, groupId: row.group_id }));
}
