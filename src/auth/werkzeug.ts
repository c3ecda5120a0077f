import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/*
 * Password hashes as werkzeug.security writes them, `method$salt$hex`; methods `pbkdf2:sha256:50000` and
 * `scrypt:32768:8:1` as its documentation has them. The salt is used as text.
 */
const PBKDF2 = /^pbkdf2:(sha1|sha256|sha512):(\d{1,7})\$([A-Za-z0-9]{4,64})\$([0-9a-f]{40,128})$/;
const SCRYPT = /^scrypt:(\d{1,6}):(\d{1,2}):(\d{1,2})\$([A-Za-z0-9]{4,64})\$([0-9a-f]{128})$/;

/** More rounds or memory than this nobody had; a stored text must not cost minutes. */
const MOST_ROUNDS = 2_000_000;
const MOST_BYTES = 128 * 1024 * 1024;

/** True for a hash that werkzeugMatches can judge. */
export function isWerkzeugHash(stored: string): boolean {
  const [, , rounds] = PBKDF2.exec(stored) ?? [];
  if (rounds !== undefined) return Number(rounds) >= 1 && Number(rounds) <= MOST_ROUNDS;
  const [, n, r, p] = SCRYPT.exec(stored)?.map(Number) ?? [];
  return n !== undefined && Number.isInteger(Math.log2(n)) && 128 * n * (r ?? 0) * (p ?? 0) <= MOST_BYTES;
}

/** True where the password is the hash's. False for anything that is no such hash. */
export async function werkzeugMatches(stored: string, password: string): Promise<boolean> {
  if (!isWerkzeugHash(stored)) return false;
  const wanted = Buffer.from(stored.slice(stored.lastIndexOf('$') + 1), 'hex');
  const found = await derived(stored, password, wanted.length);
  return timingSafeEqual(wanted, found);
}

async function derived(stored: string, password: string, length: number): Promise<Buffer> {
  const [, digest = '', rounds, salt = ''] = PBKDF2.exec(stored) ?? [];
  if (rounds !== undefined) return promisify(pbkdf2)(password, salt, Number(rounds), length, digest);
  const [, n, r, p, pepper = ''] = SCRYPT.exec(stored) ?? [];
  const cost = { N: Number(n), r: Number(r), p: Number(p), maxmem: 2 * MOST_BYTES };
  return new Promise((resolve, reject) => {
    scrypt(password, pepper, length, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
