import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bare } from '../../src/bin/crash.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { plainError } from '../../src/logger.ts';
import * as users from '../../src/store/users.ts';
import { freshDatabase } from '../lab/database.ts';
import { Rig } from '../lab/rig.ts';
import { crashing } from './crashes.ts';

const canary = 'Canary4c1d8b7e6f5a';

test('[S71] a worker that crashes with a secret in its hands tells where, and not the secret', async () => {
  const rig = await Rig.start({ hosts: 1 });
  await rig.addProject('crashed');
  const { build } = rig.project.settings;
  await rig.change({ build: { ...build, command: 'echo begun with "$TOKEN"; sleep 20' } });
  await rig.changeEnv({ TOKEN: canary }, true);
  const here = readdirSync(process.cwd());
  const worker = rig.startWorker({ ...crashing(canary), CEDAR_LOG_LEVEL: 'trace' });
  const { id } = await rig.launch({ kind: 'deploy' });
  await until('it builds', async () => (await rig.logOf(id)).includes('begun with ***'), 30_000);
  worker.child.kill('SIGUSR2');
  expect(await worker.exited).toEqual({ code: 1, signal: null });
  expect(worker.output).toMatch(/"program":"worker".*"kind":"TypeError","code":"ODD","at":\["[^"]*mistake/);
  expect(worker.output).not.toContain(canary);
  expect(readdirSync(process.cwd())).toEqual(here);
});

test('[S71] what is told of an error nobody caught has none of its words, whatever was thrown', () => {
  const error = Object.assign(new RangeError(`${canary}\n    at ${canary} (file:///x.ts:1:1)`), {
    code: `${canary} `,
    name: `${canary}!`,
  });
  for (const thrown of [error, canary, { canary }, null, Object.assign(new Error('a'), { message: canary })])
    expect(JSON.stringify(bare(thrown))).not.toContain(canary);
  expect(bare(error).at[0]).toContain('crashed.test.ts');
  expect(bare(new TypeError('x')).kind).toBe('TypeError');
});

test('[S71] an error of the database tells the statement without its values, and nothing that hangs on it', async () => {
  const { db } = await freshDatabase('sqlite');
  const person = {
    id: canary,
    username: 'ann',
    displayName: 'Ann',
    passwordHash: canary,
    role: 'user',
  } as const;
  await users.add(db, person);
  const error = await users.add(db, person).then(
    () => null,
    (thrown: unknown) => thrown as Error,
  );
  expect(error?.message).toMatch(/insert into `users`.*UNIQUE/);
  const told = JSON.stringify(plainError(Object.assign(error!, { sql: canary, config: { canary } })));
  expect(told).toContain('insert into');
  expect(told).not.toContain(canary);
});
