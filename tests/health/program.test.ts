import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import * as workers from '../../src/store/workers.ts';
import { freshDatabase } from '../lab/database.ts';
import { program } from '../lab/program.ts';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, program('health'), { env: { PATH: process.env.PATH, ...env } });
  running.push(child);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(child, 'exit');
  return { child, ended, said: () => said };
}

test('the health process sweeps until it is told to end', async () => {
  const { db, env } = await freshDatabase();
  const { child, ended, said } = start({ ...env, CEDAR_SWEEP_SECONDS: '0.5' });
  await until('it has told of itself', async () => (await workers.alive(db, 'health', 60_000)) === 1);
  child.kill('SIGTERM');
  expect(await ended, said()).toEqual([0, null]);
  expect(await workers.alive(db, 'health', 60_000)).toBe(0);
}, 30_000);

test('a wrong setting stops it at once, with its name', async () => {
  const { ended, said } = start({ CEDAR_SWEEP_SECONDS: 'often' });
  expect(await ended).toEqual([1, null]);
  expect(said()).toContain('CEDAR_SWEEP_SECONDS');
}, 30_000);
