import { createHash, randomBytes } from 'node:crypto';
import type { Db } from './database.ts';

const DAY = 86_400_000;

/** What a link may be used for, once. */
export type Purpose = 'setup';

/**
 * Makes a link that can be used once within 24 hours; older ones for the same purpose end.
 * @returns the token for the address; the database keeps only its SHA-256.
 */
export async function make(db: Db, purpose: Purpose): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db('one_time_links').where({ purpose }).delete();
  await db('one_time_links').insert({
    token_hash: hashOf(token),
    purpose,
    expires_at: Date.now() + DAY,
  });
  return token;
}

/** True where the token can still be used. */
export async function isOpen(db: Db, purpose: Purpose, token: string): Promise<boolean> {
  const row = await open(db, purpose, token).first('token_hash');
  return row !== undefined;
}

/** Uses the link up. False where somebody was faster, or it has ended. */
export async function use(db: Db, purpose: Purpose, token: string): Promise<boolean> {
  return (await open(db, purpose, token).update({ used_at: Date.now() })) === 1;
}

function open(db: Db, purpose: Purpose, token: string) {
  return db('one_time_links')
    .where({ purpose, token_hash: hashOf(token) })
    .whereNull('used_at')
    .where('expires_at', '>', Date.now());
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
