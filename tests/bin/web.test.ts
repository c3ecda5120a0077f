import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { program } from '../lab/program.ts';

let dataDir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cedar-bin-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

function start(name: 'web' | 'migrate', env: Record<string, string> = {}) {
  const child = spawn(process.execPath, program(name), {
    cwd: dataDir,
    env: { PATH: process.env.PATH, CEDAR_DATA_DIR: dataDir, CEDAR_PORT: '0', ...env },
  });
  children.push(child);
  let text = '';
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
      for (const look of heard) look();
    });
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(text);
        if (found) resolve(found[1] ?? found[0]);
      };
      heard.add(look);
      child.once('exit', () => reject(new Error(`ended: ${text}`)));
      look();
    });
  const ended = once(child, 'exit').then(([code]) => ({ code, text }));
  return { child, says, ended };
}

test('[S7] migrates, prints the one-time link, serves, and leaves at SIGTERM', async () => {
  expect(await start('migrate').ended).toMatchObject({ code: 0 });
  expect((await start('migrate').ended).text).toContain('Nothing to migrate.');
  const web = start('web');
  const link = await web.says(/(http:\S+\/setup\/\S+)/);
  expect((await fetch(link)).status).toBe(200);
  expect(await (await fetch(new URL('/healthz', link))).json()).toEqual({ status: 'up' });
  web.child.kill('SIGTERM');
  expect((await web.ended).code).toBe(0);
});

test('says what to do where the tables are missing', async () => {
  const { code, text } = await start('web').ended;
  expect(code).toBe(1);
  expect(text).toContain('npm run migrate');
});

test.each([
  [{ CEDAR_SESSION_SECRET: 'Deploy123' }, 'CEDAR_SESSION_SECRET is shorter than 32 bytes'],
  [{ CEDAR_MASTER_KEY: Buffer.alloc(32, 65).toString('base64') }, 'CEDAR_MASTER_KEY repeats itself'],
  [{ CEDAR_PORT: 'http' }, 'CEDAR_PORT'],
])('[S7] refuses to start with %j', async (env, message) => {
  const { code, text } = await start('web', env).ended;
  expect(code).toBe(1);
  expect(text).toContain(message);
  expect(text).not.toContain('    at ');
});
