import type { Db } from './database.ts';

/**
 * True where nobody but `userId` is an admin who may come in. The rows of all admins stay locked until the
 * transaction ends, so that two cannot take the role from each other at once.
 */
export async function isLast(trx: Db, userId: string): Promise<boolean> {
  const rows = await trx('users')
    .where({ role: 'admin' })
    .whereNull('disabled_at')
    .orderBy('id')
    .forUpdate()
    .select('id');
  return rows.length === 1 && rows[0]?.id === userId;
}
