import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { Rig } from '../lab/rig.ts';
import { build, story } from './story.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start({ hosts: 1, database: 'mariadb' });
  rig.startWorker();
});

it('a build that is repeated gets a clean checkout in which the hook before it has run again', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'cedar-hooks-')), 'ledger');
  const hook = `echo hook >> ${file}; echo hook >> made; echo 'the hook says more than nothing'`;
  const command = `echo build >> ${file}; cp made artifact; echo begun; while [ ! -e ${file}.go ]; do sleep 0.05; done`;
  const own = await story(rig, 'again', {
    hooks: { 'before-build': { command: hook, timeoutSeconds: 20, repeatable: true } },
    build: build(command, { repeatable: true }),
  });
  const { id } = await own.launch({ kind: 'deploy' });
  const ledger = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
  await until('it builds', () => ledger().includes('build'), 30_000);
  const run = join(rig.env.CEDAR_DATA_DIR!, 'builds', own.project.key, id, 'run-1', 'pid');
  process.kill(JSON.parse(readFileSync(run, 'utf8')).pid, 'SIGKILL');
  await until('it builds again', () => ledger().length === 4, 30_000);
  writeFileSync(`${file}.go`, '');
  expect(await own.ended(id)).toMatchObject({ state: 'succeeded' });
  expect(ledger()).toEqual(['hook', 'build', 'hook', 'build']);
  expect(readFileSync(join(own.fleet[0]!.hostPath, own.project.key, 'artifact'), 'utf8')).toBe('hook\n');
  const log = await own.logOf(id);
  expect(log.match(/the hook says more/g)).toHaveLength(4);
  expect(log.slice(log.lastIndexOf('the hook says more'))).toMatch(/^begun$/m);
});
