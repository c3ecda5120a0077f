import { hash, verify } from '@node-rs/argon2';
import { isWerkzeugHash, werkzeugMatches } from './werkzeug.ts';

/** The library hashes with argon2id; OWASP's parameters for it: 19 MiB, two passes, one lane. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashed in place of an account that does not exist, so that its refusal takes as long as any other. */
const nobody = hash('nobody has this password', options);

/** @param password at least 12 characters; see `passwordProblem`. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password, options);
}

/** True where the password is the hash's. A null hash (no such account) takes as long and is false. */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  if (stored !== null && isWerkzeugHash(stored)) return werkzeugMatches(stored, password);
  const right = await verify(stored ?? (await nobody), password);
  return stored !== null && right;
}

/** True for a hash of an earlier console: it is replaced as soon as its owner has signed in. */
export function isOutdated(stored: string): boolean {
  return isWerkzeugHash(stored);
}

/**
 * What is wrong with a new password, as a `field.` code, or null. Twelve characters as ASVS 5 (6.2.1) asks at
 * the least eight; not one character over and over, and not the account's name.
 */
export function passwordProblem(password: string, username: string): string | null {
  if (password.length < 12) return 'password_short';
  if (password.length > 200) return 'too_long';
  const weak = new Set(password).size < 5 || password.toLowerCase().includes(username.toLowerCase());
  return weak ? 'password_weak' : null;
}
