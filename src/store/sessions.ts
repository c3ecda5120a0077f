import type { Db } from './database.ts';

/** Ends every session of somebody, except the one at hand where it is given. */
export async function endAllOf(db: Db, userId: string, except?: string): Promise<void> {
  await db('sessions')
    .where('sess', 'like', `%"user":"${userId}"%`)
    .modify((query) => except && query.whereNot('sid', except))
    .delete();
}

/** True while the session exists: signing out, a new password and disabling an account remove it. */
export async function isAlive(db: Db, sid: string): Promise<boolean> {
  return (await db('sessions').where({ sid }).first('sid')) !== undefined;
}
