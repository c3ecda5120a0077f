import type { Db } from './database.ts';

/** A program that hears of a group's changes, or of everybody's (`groupId` null). */
export type Receiver = { id: string; groupId: string | null };

export async function receivers(trx: Db): Promise<Receiver[]> {
  const rows = await trx('channels').where({ kind: 'webhook' }).select('id', 'group_id');
  return rows.map((row) => ({ id: row.id, groupId: row.group_id }));
}
