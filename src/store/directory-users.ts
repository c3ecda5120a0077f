import type { Db } from './database.ts';

/**
 * An account of the directory. `byDirectory`: it was the directory's answer that disabled it; `dn`: where it was last
 * seen; `doubt`: why the last answer neither confirmed nor ended it.
 */
export type DirectoryUser = {
  id: string;
  username: string;
  displayName: string;
  role: 'admin' | 'user';
  /** `directory`: it made them an admin; `directory_kept`: it would take that, but they are the last one. */
  roleBy: 'directory' | 'directory_kept' | null;
  directoryId: string;
  disabledAt: number | null;
  byDirectory: boolean;
  checkedAt: number;
  dn: string | null;
  doubt: string | null;
};

/** True where a local account has this name: the directory never speaks for it. */
export async function isLocal(db: Db, username: string): Promise<boolean> {
  return (await db('users').where({ username, source: 'local' }).first('id')) !== undefined;
}

export async function byDirectoryId(db: Db, directoryId: string): Promise<DirectoryUser | null> {
  const row = await db('users').where({ directory_id: directoryId, source: 'ldap' }).first();
  return row ? userOf(row) : null;
}

/** Adds an account of the directory. A name taken already hits the unique key (`isDuplicate`). */
export async function add(
  db: Db,
  user: Pick<DirectoryUser, 'id' | 'username' | 'displayName' | 'directoryId' | 'dn'>,
): Promise<void> {
  await db('users').insert({
    id: user.id,
    username: user.username,
    display_name: user.displayName,
    role: 'user',
    source: 'ldap',
    directory_id: user.directoryId,
    directory_dn: user.dn,
    directory_checked_at: Date.now(),
    created_at: Date.now(),
  });
}

/** The directory has just confirmed somebody. What it had disabled itself comes back. */
export async function confirm(
  db: Db,
  user: DirectoryUser,
  found: { displayName: string; dn: string },
): Promise<void> {
  await db('users')
    .where({ id: user.id })
    .update({
      display_name: found.displayName,
      directory_dn: found.dn,
      directory_doubt: null,
      directory_checked_at: Date.now(),
      ...(user.byDirectory && { disabled_at: null, disabled_by: null }),
    });
}

/** Disables somebody whom the directory does not let in any more. @returns since when, epoch milliseconds */
export async function disable(db: Db, id: string): Promise<number> {
  const now = Date.now();
  await db('users')
    .where({ id })
    .update({
      ...{ disabled_at: now, disabled_by: 'directory', directory_checked_at: now },
      directory_doubt: null,
    });
  return now;
}

/** Notes why an answer of the directory left somebody as they are. */
export async function leave(db: Db, id: string, doubt: string): Promise<void> {
  await db('users').where({ id }).update({ directory_doubt: doubt });
}

/** Accounts that may come in and were last confirmed before `before`, those asked about the longest ago first. */
export async function due(db: Db, before: number): Promise<DirectoryUser[]> {
  const rows = await db('users')
    .where({ source: 'ldap' })
    .whereNull('disabled_at')
    .where('directory_checked_at', '<', before)
    .orderBy(['directory_claimed_at', 'directory_checked_at'])
    .limit(1000);
  return rows.map(userOf);
}

/** Accounts that may come in though the directory last confirmed them before `before`, by name. */
export async function unconfirmed(db: Db, before: number): Promise<DirectoryUser[]> {
  const rows = await db('users')
    .where({ source: 'ldap' })
    .whereNull('disabled_at')
    .where('directory_checked_at', '<', before)
    .orderBy('username')
    .limit(1000);
  return rows.map(userOf);
}

/** True where nobody else is asking about them since `since`: of several processes one gets it. */
export async function claim(db: Db, id: string, since: number): Promise<boolean> {
  const claimed = await db('users')
    .where({ id })
    .andWhere((old) => old.whereNull('directory_claimed_at').orWhere('directory_claimed_at', '<', since))
    .update({ directory_claimed_at: Date.now() });
  return claimed === 1;
}

function userOf(row: Record<string, unknown>): DirectoryUser {
  return {
    id: row.id as string,
    username: row.username as string,
    displayName: row.display_name as string,
    role: row.role as DirectoryUser['role'],
    roleBy: row.role_by as DirectoryUser['roleBy'],
    directoryId: row.directory_id as string,
    disabledAt: row.disabled_at === null ? null : Number(row.disabled_at),
    byDirectory: row.disabled_by === 'directory',
    checkedAt: Number(row.directory_checked_at),
    dn: row.directory_dn as string | null,
    doubt: row.directory_doubt as string | null,
  };
}
