import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadEnvFile } from '../../src/config.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { openDatabase } from '../../src/store/database.ts';
import { program } from '../lab/program.ts';
import { crashing } from './crashes.ts';

let dir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cedar-start-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

function start(name: 'web' | 'worker' | 'migrate', env: Record<string, string> = {}) {
  const child = spawn(process.execPath, program(name), {
    cwd: dir,
    env: { PATH: process.env.PATH, CEDAR_DATA_DIR: join(dir, 'var'), CEDAR_PORT: '0', ...env },
  });
  children.push(child);
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said.text += chunk;
    });
  return { child, said, ended: once(child, 'exit').then(([code]) => code as number) };
}

test('[S72] a file of settings with secrets that others may read stops the start, with the remedy', async () => {
  const file = join(dir, '.env');
  const key = randomBytes(32).toString('base64');
  writeFileSync(file, `CEDAR_MASTER_KEY=${key}\n`, { mode: 0o644 });
  chmodSync(file, 0o644);
  const refused = start('migrate');
  expect(await refused.ended).toBe(1);
  expect(refused.said.text).toContain('chmod 600');
  expect(refused.said.text).not.toContain(key);
  chmodSync(file, 0o600);
  const taken = start('migrate');
  expect([await taken.ended, taken.said.text]).toEqual([0, expect.stringContaining('Migrated')]);
});

test.each([
  'CEDAR_SESSION_SECRET',
  'CEDAR_MASTER_KEY_PREVIOUS',
  'CEDAR_LDAP_BIND_PASSWORD',
  'DATABASE_URL',
  'CEDAR_IMPORT_FROM',
  'CEDAR_TOKEN',
])('[S72] so does one with %s', (name) => {
  const file = join(dir, '.env');
  const before = process.cwd();
  writeFileSync(file, `# mine\n export ${name} = canary-of-a-file\n`);
  process.chdir(dir);
  try {
    for (const mode of [0o640, 0o604, 0o620]) {
      chmodSync(file, mode);
      expect(loadEnvFile, mode.toString(8)).toThrow('chmod 600');
    }
    writeFileSync(file, 'CEDAR_LANGUAGE=en\n');
    expect(loadEnvFile).not.toThrow();
  } finally {
    process.chdir(before);
  }
});

test('[S71] the logs hold no secret of a request, not even when it fails or all crashes, and anybody sees whether it is up and nothing more', async () => {
  expect(await start('migrate').ended).toBe(0);
  const canary = `canary${randomBytes(8).toString('hex')}`;
  const { child, said, ended } = start('web', { CEDAR_LOG_LEVEL: 'trace', ...crashing(canary) });
  await until('it listens', () => /"address":"[^"]+"/.test(said.text), 30_000);
  const address = /"address":"([^"]+)"/.exec(said.text)![1]!;
  const to = (path: string, more: RequestInit = {}) => fetch(address + path, { redirect: 'manual', ...more });
  const form = new URLSearchParams({ username: 'admin', password: canary });
  for (const path of [
    `/?token=${canary}`,
    `/api/v1/projects?access_token=${canary}`,
    `/nowhere?x=${canary}`,
  ]) {
    await to(path);
    await to(path, { headers: { Authorization: `Bearer ${canary}`, Cookie: `sid=${canary}` } });
    await to(path, {
      method: 'POST',
      body: `{"a":${canary}`,
      headers: { 'Content-Type': 'application/json' },
    });
  }
  await to('/sign-in', { method: 'POST', body: form });
  const health = await to('/healthz');
  expect([health.status, await health.text()]).toEqual([200, '{"status":"up"}']);
  expect((await to('/metrics')).status).not.toBe(200);
  const [cookie = ''] = (await to('/sign-in')).headers.getSetCookie();
  const [, session = ''] = /s%3A([^.]{20,})\./.exec(cookie) ?? [];
  const db = openDatabase({ databaseUrl: '', dataDir: join(dir, 'var') });
  await db.schema.renameTable('sessions', 'elsewhere');
  await db.destroy();
  expect((await to('/', { headers: { Cookie: cookie.split(';')[0]! } })).status).toBe(500);
  child.kill('SIGHUP');
  expect(await ended).toBe(1);
  expect(said.text).toContain('"path":"/nowhere"');
  expect(said.text).toMatch(/"origin":"unhandledRejection","kind":"TypeError","code":"ODD"/);
  expect(said.text).toMatch(/no such table.*sessions/);
  expect(said.text).not.toContain(session);
  expect(said.text).not.toContain(canary);
});

test('[S71] a program that cannot start, or crashes, says why without any secret of its settings', async () => {
  const canary = (name: string) => `Canary${name}${randomBytes(20).toString('hex')}`;
  const secrets = {
    DATABASE_URL: `mysql://cedar:${canary('Database')}@127.0.0.1:1/x`,
    CEDAR_LDAP_BIND_PASSWORD: canary('Directory'),
    CEDAR_SESSION_SECRET: canary('Session'),
    CEDAR_MASTER_KEY: Buffer.from(`Canary${randomBytes(13).toString('hex')}`).toString('base64'),
  };
  const directory = { CEDAR_LDAP_URL: 'ldap://127.0.0.1:1', CEDAR_LDAP_ALLOW_PLAIN: 'true' };
  const names = { CEDAR_LDAP_BASE: 'dc=x', CEDAR_LDAP_BIND_DN: 'cn=c,dc=x', CEDAR_LOG_LEVEL: 'trace' };
  const wrong = { CEDAR_MASTER_KEY: `${canary('Key')}!` };
  const runs = [
    start('web', { ...secrets, ...directory, ...names }),
    start('worker', { ...secrets, ...directory, ...names }),
    start('migrate', { ...secrets, ...wrong, DATABASE_URL: canary('Address') }),
  ];
  for (const { said, ended } of runs) {
    expect(await ended).not.toBe(0);
    expect(said.text).not.toMatch(/^\s*$/);
    expect(said.text).not.toContain('Canary');
    expect(said.text).not.toContain(secrets.CEDAR_MASTER_KEY);
  }
}, 60_000);
