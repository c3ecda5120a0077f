import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isWerkzeugHash, werkzeugMatches } from '../../src/auth/werkzeug.ts';

const pbkdf2 = (digest: string, rounds: number, length: number) =>
  `pbkdf2:${digest}:${rounds}$Ab3dEf9h$${pbkdf2Sync('geheim', 'Ab3dEf9h', rounds, length, digest).toString('hex')}`;
const scrypt = `scrypt:32768:8:1$Ab3dEf9hIjKlMnOp$${scryptSync('geheim', 'Ab3dEf9hIjKlMnOp', 64, {
  ...{ N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 },
}).toString('hex')}`;

test.each([pbkdf2('sha256', 50_000, 32), pbkdf2('sha1', 1000, 20), scrypt])('[S10] %s', async (stored) => {
  expect(isWerkzeugHash(stored)).toBe(true);
  expect(await werkzeugMatches(stored, 'geheim')).toBe(true);
  expect(await werkzeugMatches(stored, 'Geheim')).toBe(false);
});

test.each([
  '',
  'geheim',
  'plain$$geheim',
  'md5$salt$0123456789abcdef0123456789abcdef',
  'pbkdf2:sha256:9999999$Ab3dEf9h$00',
  'scrypt:999999:99:99$Ab3dEf9h$00',
  '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA',
])('is no such hash, and is never right: %s', async (stored) => {
  expect(isWerkzeugHash(stored)).toBe(false);
  expect(await werkzeugMatches(stored, 'geheim')).toBe(false);
});
