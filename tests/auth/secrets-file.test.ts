import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BadSecrets, loadSecrets } from '../../src/auth/secrets-file.ts';

let dataDir: string;
let file: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cedar-secrets-'));
  file = join(dataDir, 'secrets.json');
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const load = (sessionSecret = '', masterKey = '') => loadSecrets({ dataDir, sessionSecret, masterKey });

test('[S7] absent secrets are made once, in a file that only the owner reads', () => {
  const first = load();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(first.masterKey).toHaveLength(32);
  expect(load()).toEqual(first);
  expect(readdirSync(dataDir)).toEqual(['secrets.json']);
});

test('configured secrets win, and then no file is made', () => {
  const session = randomBytes(32).toString('base64');
  const key = randomBytes(32);
  expect(load(session, key.toString('base64'))).toMatchObject({ sessionSecret: session, masterKey: key });
  expect(readdirSync(dataDir)).toEqual([]);
});

test.each([
  ['admin/admin', 'shorter'],
  ['Deploy123', 'shorter'],
  ['hI0OkyjTVKBGPnKC', 'shorter'],
  ['hI0OkyjTVKBGPnKChI0OkyjTVKBGPnKC', 'repeats'],
  ['hI0OkyjTVKBGPnKC-Deploy123-plus-some', 'known word'],
  ['Deploy123Deploy123Deploy123Deploy123', 'repeats'],
  ['a'.repeat(64), 'repeats'],
  ['0123456789'.repeat(5), 'repeats'],
  ['abababababababababababababababababab', 'repeats'],
])('[S7] the session secret %s is refused, without being told', (secret, why) => {
  expect(() => load(secret)).toThrow(why);
  expect(() => load(secret)).not.toThrow(secret);
});

test.each([
  ['', false],
  [Buffer.alloc(32, 1).toString('base64'), true],
  [randomBytes(16).toString('base64'), true],
])('[S7] the master key %j: refused %j', (key, refused) => {
  if (refused) expect(() => load('', key)).toThrow(BadSecrets);
  else expect(() => load('', key)).not.toThrow();
});

test('[S72] a file that others may read is refused with the remedy', () => {
  load();
  chmodSync(file, 0o640);
  expect(() => load()).toThrow(`chmod 600 ${file}`);
});

test('a damaged file is refused and left as it is', () => {
  writeFileSync(file, '{"sessionSecret": ', { mode: 0o600 });
  expect(() => load()).toThrow('damaged');
  expect(readFileSync(file, 'utf8')).toBe('{"sessionSecret": ');
});
