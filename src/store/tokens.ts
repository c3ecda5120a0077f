import type { Reach, Scope, Token } from '../model/token.ts';
import type { Db } from './database.ts';

/** What is decided about a token when it is made. Its text is not among it. */
export type NewToken = Pick<
  Token,
  'id' | 'userId' | 'name' | 'prefix' | 'scopes' | 'reach' | 'addresses' | 'expiresAt'
> & { hash: string };

/** A token with its owner's names, for lists. */
export type OwnedToken = Token & { username: string; displayName: string; ownerDisabled: boolean };

/** Adds a token. A name that its owner uses already hits the unique key (`isDuplicate`). */
export async function add(db: Db, token: NewToken): Promise<void> {
  await db('api_tokens').insert({
    id: token.id,
    user_id: token.userId,
    name: token.name,
    name_in_use: `${token.userId}/${token.name}`,
    prefix: token.prefix,
    hash: token.hash,
    scopes: JSON.stringify(token.scopes),
    reach: JSON.stringify(token.reach),
    addresses: JSON.stringify(token.addresses),
    created_at: Date.now(),
    expires_at: token.expiresAt,
  });
}

/** The token of a prefix with the hash of its text; null where there is none. */
export async function byPrefix(db: Db, prefix: string): Promise<{ token: Token; hash: string } | null> {
  const row = await db('api_tokens').where({ prefix }).first();
  return row ? { token: tokenOf(row), hash: row.hash as string } : null;
}

export async function byId(db: Db, id: string): Promise<Token | null> {
  const row = await db('api_tokens').where({ id }).first();
  return row ? tokenOf(row) : null;
}

/** Somebody's tokens, newest first; everybody's where no user is named. */
export async function all(db: Db, userId?: string): Promise<OwnedToken[]> {
  const rows = await db('api_tokens as t')
    .join('users as u', 'u.id', 't.user_id')
    .modify((query) => userId && query.where('t.user_id', userId))
    .orderBy('t.id', 'desc')
    .limit(1000)
    .select('t.*', 'u.username', 'u.display_name', 'u.disabled_at');
  return rows.map((row: Record<string, unknown>) => ({
    ...tokenOf(row),
    username: row.username as string,
    displayName: row.display_name as string,
    ownerDisabled: row.disabled_at !== null,
  }));
}

/** Ends a token for good. False where it was revoked before. */
export async function revoke(db: Db, id: string, by: string): Promise<boolean> {
  const ended = { revoked_at: Date.now(), revoked_by: by, name_in_use: null };
  return (await db('api_tokens').where({ id }).whereNull('revoked_at').update(ended)) === 1;
}

/** Notes a use; at most one write a minute. */
export async function use(db: Db, token: Token, from: string, at: number): Promise<void> {
  if (token.usedAt !== null && at - token.usedAt < 60_000) return;
  const stale = at - 60_000;
  await db('api_tokens')
    .where({ id: token.id })
    .andWhere((old) => old.whereNull('used_at').orWhere('used_at', '<=', stale))
    .update({ used_at: at, used_from: from.slice(0, 64) });
}

function tokenOf(row: Record<string, unknown>): Token {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    id: row.id as string,
    userId: row.user_id as string,
    name: row.name as string,
    prefix: row.prefix as string,
    scopes: JSON.parse(row.scopes as string) as Scope[],
    reach: JSON.parse(row.reach as string) as Reach,
    addresses: JSON.parse(row.addresses as string) as string[],
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    revokedAt: number(row.revoked_at),
    revokedBy: row.revoked_by as string | null,
    usedAt: number(row.used_at),
    usedFrom: row.used_from as string | null,
  };
}
