import { createHash } from 'node:crypto';
import type { Db } from './database.ts';

/** A session as people may see it: `name` stands for its id, which is a secret. Times are epoch ms. */
export type SeenSession = {
  name: string;
  startedAt: number;
  seenAt: number;
  ip: string | null;
  agent: string | null;
};

/** Everything of somebody's that is kept, the newest first; some may be idle for too long by now. */
export async function ofUser(db: Db, userId: string): Promise<SeenSession[]> {
  const rows: { sid: string; sess: string }[] = await rowsOf(db, userId);
  return rows
    .map(({ sid, sess }) => ({ name: nameOf(sid), ...(JSON.parse(sess) as Kept) }))
    .map(({ name, startedAt, seenAt, ip, agent }) => ({
      ...{ name, startedAt: startedAt ?? 0, seenAt: seenAt ?? 0, ip: ip ?? null, agent: agent ?? null },
    }))
    .sort((one, other) => other.startedAt - one.startedAt);
}

type Kept = Partial<Omit<SeenSession, 'name'>>;

/** What a session is called where people see it: its id would let them in. */
export function nameOf(sid: string): string {
  return createHash('sha256').update(sid).digest('hex').slice(0, 32);
}

/** Asks for any. @throws what the database throws where there is no place for them. */
export async function areKept(db: Db): Promise<void> {
  await db('sessions').select('sid').limit(1);
}

/** Ends one of somebody's sessions. False where it is not there. */
export async function endOne(db: Db, userId: string, name: string): Promise<boolean> {
  const rows: { sid: string }[] = await rowsOf(db, userId);
  const sid = rows.find((row) => nameOf(row.sid) === name)?.sid;
  return sid !== undefined && (await db('sessions').where({ sid }).delete()) === 1;
}

/** Ends every session of somebody, except the one at hand where it is given. */
export async function endAllOf(db: Db, userId: string, except?: string): Promise<void> {
  await rowsOf(db, userId)
    .modify((query) => except && query.whereNot('sid', except))
    .delete();
}

/** True while the session exists: signing out, a new password and disabling an account remove it. */
export async function isAlive(db: Db, sid: string): Promise<boolean> {
  return (await db('sessions').where({ sid }).first('sid')) !== undefined;
}

function rowsOf(db: Db, userId: string) {
  return db('sessions').where('sess', 'like', `%"user":"${userId}"%`);
}
