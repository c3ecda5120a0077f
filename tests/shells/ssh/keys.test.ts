import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Vault } from '../../../src/auth/vault.ts';
import { KeyFolder } from '../../../src/shells/ssh/keys.ts';

let base: string;
let keys: KeyFolder;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'cedar-keys-'));
  keys = new KeyFolder(join(base, 'keys'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const opensshSees = (path: string) => execFileSync('ssh-keygen', ['-l', '-f', path]).toString();

test('[S72] a new key is for nobody else to read, and is as OpenSSH reads it', async () => {
  const made = await keys.ensure('default');
  expect((await stat(keys.dir)).mode & 0o777).toBe(0o700);
  expect((await stat(join(keys.dir, 'default'))).mode & 0o777).toBe(0o600);
  expect(opensshSees(join(keys.dir, 'default'))).toContain(`256 ${made.fingerprint} cedar-default (ED25519)`);
  expect(made.line).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+ cedar-default$/);
});

test('a key is made once, however many ask', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => new KeyFolder(keys.dir).ensure('default')));
  expect(new Set(all.map((key) => key.line)).size).toBe(1);
  expect(await keys.ensure('default')).toEqual(all[0]);
  expect(await readdir(keys.dir)).toEqual(['default']);
});

test('every key made is a good one', async () => {
  for (let at = 0; at < 40; at += 1) {
    const made = await keys.ensure(`key${at}`);
    expect(opensshSees(join(keys.dir, `key${at}`))).toContain(made.fingerprint);
  }
});

test('a vault seals what is made, and a key that was put there by hand still works', async () => {
  const sealed = new KeyFolder(keys.dir, new Vault(Buffer.alloc(32, 7)));
  const made = await sealed.ensure('default');
  const text = await readFile(join(keys.dir, 'default'), 'utf8');
  expect(text).not.toContain('PRIVATE KEY');
  expect(await sealed.private('default')).toContain('PRIVATE KEY');
  expect(await sealed.public('default')).toEqual(made);
  await expect(new KeyFolder(keys.dir, new Vault(Buffer.alloc(32, 8))).private('default')).rejects.toThrow();
  await writeFile(join(keys.dir, 'own'), await sealed.private('default'), { mode: 0o600 });
  expect((await sealed.public('own')).fingerprint).toBe(made.fingerprint);
});

test('[S72] what cannot be used is named', async () => {
  await expect(keys.private('default')).rejects.toMatchObject({ code: 'ssh_key_missing' });
  await keys.ensure('default');
  await chmod(join(keys.dir, 'default'), 0o640);
  await expect(keys.private('default')).rejects.toMatchObject({ code: 'ssh_key_mode' });
  await chmod(keys.dir, 0o750);
  await expect(keys.ensure('default')).rejects.toMatchObject({ code: 'ssh_key_folder' });
  await chmod(keys.dir, 0o700);
  await writeFile(join(keys.dir, 'broken'), 'nonsense', { mode: 0o600 });
  await expect(keys.public('broken')).rejects.toMatchObject({ code: 'ssh_key_unreadable' });
});

test.each(['../id_rsa', '', '.', 'a/b', '-i', 'A', 'a\0b', 'x'.repeat(49)])(
  'no key is called %j',
  async (name) => {
    await expect(keys.private(name)).rejects.toMatchObject({ code: 'ssh_key_name' });
    await expect(keys.ensure(name)).rejects.toMatchObject({ code: 'ssh_key_name' });
  },
);
