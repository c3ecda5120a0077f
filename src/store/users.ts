import type { Person } from '../model/person.ts';
import type { Db } from './database.ts';
import { ofUser } from './grants.ts';

/** An account as the people page shows it. */
export type User = Omit<Person, 'grants'> & {
  disabledAt: number | null;
  createdAt: number;
  source: 'local' | 'ldap';
};

/** What of an account is decided when it is made. */
export type NewUser = {
  id: string;
  username: string;
  displayName: string;
  /** Null: nobody signs in with a password. */
  passwordHash: string | null;
  role: Person['role'];
};

/** Adds an account. A name taken already hits the unique key (`isDuplicate`). */
export async function add(db: Db, user: NewUser): Promise<void> {
  await db('users').insert({
    id: user.id,
    username: user.username,
    display_name: user.displayName,
    password_hash: user.passwordHash,
    role: user.role,
    created_at: Date.now(),
  });
}

/** Everybody, by name. */
export async function all(db: Db): Promise<User[]> {
  return (await db('users').orderBy('username')).map(userOf);
}

export async function byId(db: Db, id: string): Promise<User | null> {
  const row = await db('users').where({ id }).first();
  return row ? userOf(row) : null;
}

/** Somebody who may come in, with grants; null where there is no such account or it is disabled. */
export async function person(db: Db, id: string): Promise<Person | null> {
  const row = await db('users').where({ id }).whereNull('disabled_at').first();
  if (!row) return null;
  const { disabledAt: _disabledAt, createdAt: _createdAt, source: _source, ...found } = userOf(row);
  return { ...found, grants: await ofUser(db, id) };
}

/** What signing in here needs to know of a local account that is not disabled. */
export async function credentials(
  db: Db,
  username: string,
): Promise<{ id: string; passwordHash: string | null } | null> {
  const local = db('users').where({ username, source: 'local' }).whereNull('disabled_at');
  const row = await local.first('id', 'password_hash');
  return row ? { id: row.id, passwordHash: row.password_hash } : null;
}

/** The stored hash of one account's password; null where it has none. */
export async function passwordHash(db: Db, id: string): Promise<string | null> {
  const row = await db('users').where({ id }).first('password_hash');
  return row?.password_hash ?? null;
}

export async function setPassword(db: Db, id: string, hash: string): Promise<void> {
  await db('users').where({ id }).update({ password_hash: hash });
}

/** Replaces one hash by another of the same password; does nothing where the password was changed meanwhile. */
export async function rehash(db: Db, id: string, from: string, to: string): Promise<void> {
  await db('users').where({ id, password_hash: from }).update({ password_hash: to });
}

/** @param by who gave it: from now on only they take it. */
export async function setRole(
  db: Db,
  id: string,
  role: Person['role'],
  by: 'directory' | 'directory_kept' | null = null,
): Promise<void> {
  await db('users').where({ id }).update({ role, role_by: by });
}

/** Disables an account, or lets it in again (`null`). */
export async function setDisabled(db: Db, id: string, at: number | null): Promise<void> {
  await db('users').where({ id }).update({ disabled_at: at });
}

/** What people choose for themselves. */
export type Choices = Pick<Person, 'displayName' | 'language' | 'theme' | 'timeZone'>;

export async function choose(db: Db, id: string, choices: Partial<Choices>): Promise<void> {
  const columns = {
    display_name: choices.displayName,
    language: choices.language,
    theme: choices.theme,
    time_zone: choices.timeZone,
  };
  const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length > 0) await db('users').where({ id }).update(given);
}

/** How many admins may come in. */
export async function activeAdmins(db: Db): Promise<number> {
  const row = await db('users').where({ role: 'admin' }).whereNull('disabled_at').count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}

function userOf(row: Record<string, unknown>): User {
  return {
    id: row.id as string,
    username: row.username as string,
    displayName: row.display_name as string,
    role: row.role as Person['role'],
    language: row.language as Person['language'],
    theme: row.theme as Person['theme'],
    timeZone: row.time_zone as string | null,
    disabledAt: row.disabled_at === null ? null : Number(row.disabled_at),
    createdAt: Number(row.created_at),
    source: row.source as User['source'],
  };
}
