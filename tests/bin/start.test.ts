import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { descendantsOf, isSame } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { program } from '../lab/program.ts';

test('npm start serves the console, brings a dead program back, and SIGTERM ends all of it', async () => {
  const start = await startConsole();
  await until('the console answers', () => start.isUp(), 60_000);
  await until('the setup link is printed', () => start.output().includes('/setup'));
  const web = () => start.children().find((one) => one.command.endsWith('scripts/run.mjs web'));
  const first = web();
  process.kill(first?.pid ?? 0, 'SIGKILL');
  await until(
    'another web process answers',
    async () => web()?.pid !== first?.pid && (await start.isUp()),
    60_000,
  );
  expect(start.output()).toContain('"program":"web"');
  const all = start.children();
  expect(all.length).toBeGreaterThanOrEqual(3);
  start.child.kill('SIGTERM');
  await until('it ends', () => start.child.exitCode !== null, 60_000);
  expect(start.child.exitCode).toBe(0);
  expect(all.filter(isSame)).toEqual([]);
});

test('when npm start itself is killed, its programs end too', async () => {
  const start = await startConsole();
  await until('the console answers', () => start.isUp(), 60_000);
  const all = start.children();
  start.child.kill('SIGKILL');
  await until('all have ended', () => all.filter(isSame).length === 0, 60_000);
});

test('a wrong setting stops it at once and is named', async () => {
  const start = await startConsole({ CEDAR_LANGUAGE: 'fr' });
  await until('it ends', () => start.child.exitCode !== null, 30_000);
  expect(start.child.exitCode).toBe(1);
  expect(start.output()).toContain('CEDAR_LANGUAGE');
});

async function startConsole(more: NodeJS.ProcessEnv = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-start-'));
  const port = await freePort('127.0.0.1');
  const env = { PATH: process.env.PATH, HOME: dir, CEDAR_DATA_DIR: dir, CEDAR_PORT: String(port), ...more };
  const child = spawn(process.execPath, program('start'), { cwd: dir, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await until('it has ended', () => child.exitCode !== null || child.signalCode !== null, 60_000);
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    child,
    output: () => text,
    children: () => descendantsOf(child.pid ?? 0),
    isUp: () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      ),
  };
}
