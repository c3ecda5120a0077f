import { execFileSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { lookNow } from '../../src/health/look-now.ts';
import { defaultStrategy } from '../../src/model/strategy.ts';
import { typeOf } from '../../src/project-types/index.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { placementStates } from '../../src/store/states.ts';
import { startingSettings } from '../../src/web/setup/project-form.ts';
import { Rig } from '../lab/rig.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import { customFiles, daemonStart, httpCheck, pidStop } from '../lab/sample-custom.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { fails } from './story.ts';

let rig: Rig;
let worker: WorkerProcess;
const code = new SampleRepository();
const SECRET = 'hunter2-%d-"quoted"';

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  worker = rig.startWorker();
  code.commit('one', { files: customFiles('v1') });
});

/** What such a project starts outlives everything of ours, the fleet too. */
afterAll(() => {
  const folder = join(host().dir, 'ledgers');
  for (const name of readdirSync(folder).filter((one) => !one.endsWith('.alive')))
    for (const line of readFileSync(join(folder, name), 'utf8').trim().split('\n')) {
      const { pid } = JSON.parse(line) as { pid: number };
      if (isProgram(pid)) process.kill(pid, 'SIGKILL');
    }
});

async function addCustom(
  name: string,
  options: Record<string, string>,
  more: { processes?: number; port?: null } = {},
): Promise<Rig> {
  const settings = { ...startingSettings(typeOf('custom')), startSeconds: 1, stopSeconds: 3, options };
  const own: Rig = Object.create(rig);
  const { processes = 1, ...rest } = more;
  await own.addProject(name, settings, processes, { type: 'custom', gitUrl: code.url, ...rest });
  return own;
}

const host = () => rig.fleet[0]!;

/** The processes that a program of this ledger is, as the machine shows them. */
function running(own: Rig): number[] {
  return own
    .starts(host())
    .map(({ pid }) => pid)
    .filter(isProgram);
}

function isProgram(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8').includes('run.cjs');
}

async function seen(own: Rig): Promise<{ state: string; message: string | null } | undefined> {
  const pool = new SshPool({
    keys: new KeyFolder(join(rig.env.CEDAR_DATA_DIR!, 'keys'), rig.vault),
    ...{ connectSeconds: 5, idleSeconds: 5, commandSeconds: 10 },
  });
  await lookNow(rig.db, { pool, vault: rig.vault, deadlineMs: 5000 }, rig.hostIds, 90_000);
  await pool.close();
  const [placement] = await own.placements();
  return (await placementStates(rig.db, [placement!.id], 60_000)).get(placement!.id);
}

describe('a custom project', () => {
  const files = '=== etc/app.conf\n{{ variables.GREETING }} from {{ process_port }} of {{ processes }}\n';
  const options = { start: daemonStart, stop: pidStop, check: httpCheck, files };

  it('runs by its commands and files on each port, is updated, broken, rolled back, stopped and restarted', async () => {
    const own = await addCustom('daemon', options, { processes: 2 });
    await own.changeEnv({ TOKEN: SECRET, GREETING: 'hi' }, true);
    const first = await own.run({ kind: 'deploy' });
    const { port } = own.project;
    expect(await own.version(host(), 1)).toBe(`v1 hi from ${port! + 1} of 2 ${SECRET.length}`);
    expect(running(own)).toHaveLength(2);
    expectApart(own);
    expect(await own.logOf(first.id)).not.toContain('hunter2');

    code.commit('two', { files: customFiles('v2') });
    const second = await own.run({ kind: 'deploy' });
    expect(await own.version(host())).toMatch(/^v2 /);
    expect(running(own)).toHaveLength(2);
    code.commit('three', { files: customFiles('v3', 'sick') });
    await own.change({
      options: { ...options, check_seconds: '1' },
      strategy: { ...defaultStrategy, onFailure: 'roll-back' },
    });
    const { failure } = await fails(own, { kind: 'deploy' }, 'command_check');
    expect(failure.tail).toContain('status 500');
    expect(own.current(host())).toBe(second.releaseId);
    expect(await own.version(host(), 1)).toMatch(/^v2 /);
    expect(await seen(own)).toMatchObject({ state: 'running' });

    await own.run({ kind: 'stop' });
    expect(running(own)).toEqual([]);
    expect(await seen(own)).toMatchObject({ state: 'stopped' });
    await own.run({ kind: 'restart' });
    expect(await own.version(host())).toMatch(/^v2 /);
    await own.run({ kind: 'rollback', releaseId: first.releaseId });
    expect(await own.version(host())).toMatch(/^v1 /);
    process.kill(running(own)[0]!);
    await until('one is down', async () => running(own).length === 1, 5000, 20);
    expect(await seen(own)).toMatchObject({ state: 'failed', message: 'check: exit status 2' });
    code.commit('one', { files: customFiles('v1') });
  });

  it('may stay in the foreground without a port: all that its start left is ended without a stop command', async () => {
    const check = 'test -n "$(find "$LEDGER.alive" -newermt "-1 seconds")"';
    const own = await addCustom('worker', { start: 'echo begun\nexec node run.cjs', check }, { port: null });
    const operation = await own.run({ kind: 'deploy' });
    expect(await own.logOf(operation.id)).toContain('it goes on in the foreground');
    const [before] = running(own);
    await own.run({ kind: 'restart' });
    expect(running(own)).toHaveLength(1);
    expect(running(own)).not.toContain(before);
    await own.run({ kind: 'stop' });
    expect(running(own)).toEqual([]);
  });

  it('is left as it runs where a template file, a start or a stop is not what it should be', async () => {
    const start = 'exec node run.cjs';
    const own = await addCustom('careful', { start, check: httpCheck });
    await own.run({ kind: 'deploy' });
    const [before] = running(own);
    await own.change({ options: { start, files: '=== a\n{{ nonsense }}\n' } });
    await fails(own, { kind: 'restart' }, 'template');
    await own.change({ options: { start, stop: 'echo I will not' } });
    await own.change({ stopSeconds: 1 });
    const { failure } = await fails(own, { kind: 'restart' }, 'command_still_listens');
    expect(failure.tail).toContain('I will not');
    expect(running(own)).toEqual([before]);
    await own.change({ options: { start: 'echo no licence >&2; exit 7' } });
    const refused = await fails(own, { kind: 'restart' }, 'command_start');
    expect(refused.failure).toMatchObject({ exitCode: 7, detail: { code: 7 } });
    expect(refused.failure.tail).toContain('no licence');
    const logless = await addCustom('logless', { start });
    writeFileSync(join(host().logPath, logless.project.key), 'a file');
    await fails(logless, { kind: 'deploy' }, 'log_path_not_writable');
    const vacuous = await addCustom('vacuous', { start: 'true', check: 'true' }, { port: null });
    await vacuous.run({ kind: 'deploy' });
    await vacuous.change({ stopSeconds: 1 });
    await fails(vacuous, { kind: 'restart' }, 'command_still_well');
    const blind = await addCustom('blind', { start: 'true', check: '' }, { port: null });
    await blind.run({ kind: 'deploy' });
    expect(await seen(blind)).toMatchObject({ state: 'unknown', message: 'no_check' });
  });

  it('ends what was started under other settings, and all of it when it leaves the host', async () => {
    const stop = `echo "stopping $CEDAR_PORT"; ${pidStop}`;
    const own = await addCustom('moved', { start: daemonStart, stop, check: httpCheck }, { processes: 2 });
    await own.run({ kind: 'deploy' });
    expect(running(own)).toHaveLength(2);
    const [placement] = await own.placements();
    await placements.update(rig.db, placement!.id, ({ env }) => ({ env, processes: 1 }));
    const { id, revision, port: before } = own.project as typeof own.project & { port: number };
    const port = await freePort(host().address);
    own.project = await projects.update(rig.db, id, revision, { port });
    const restarted = await own.run({ kind: 'restart' });
    const log = await own.logOf(restarted.id);
    for (const old of [before, before + 1]) expect(log).toContain(`stopping ${old}\n`);
    expect(running(own)).toHaveLength(1);
    expect(own.starts(host()).at(-1)).toMatchObject({ port: String(port) });
    await own.run({ kind: 'remove-host' });
    expect(running(own)).toEqual([]);
    expect(existsSync(join(host().hostPath, '.cedar', own.project.key))).toBe(false);
  });

  it('is started exactly once although the worker, and then the guard on the host, are lost', async () => {
    await worker.kill();
    for (const point of ['command-start@h1:intended', 'command-start@h1:done']) {
      const own = await addCustom(`killed-${point.length}`, { start: 'exec node run.cjs', check: httpCheck });
      const { id } = await own.launch({ kind: 'deploy' });
      await rig.startWorker({ CEDAR_FAIL: point }).exited;
      if (point.endsWith('done')) forgetResult(own, id);
      const successor = rig.startWorker();
      expect(await own.ended(id)).toMatchObject({ state: 'succeeded' });
      expect(own.starts(host())).toHaveLength(1);
      expect(await own.version(host())).toMatch(/^v1 /);
      await successor.kill();
    }
  });
});

/** As if the host had gone down in the middle of the start. */
function forgetResult(own: Rig, operation: string): void {
  const cedar = join(host().hostPath, '.cedar');
  const guard = readdirSync(cedar).find((name) => name.startsWith('guard-'))!;
  const runs = join(cedar, guard, 'projects', own.project.key, 'runs');
  const run = readdirSync(runs).find(
    (name) => name.startsWith(operation) && name.includes('.command-start.'),
  );
  rmSync(join(runs, run!, 'rc'));
}

/** It belongs to no session of ours, holds no lock of ours, and its secret is in no list of processes. */
function expectApart(own: Rig): void {
  const [pid] = running(own);
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  expect(open.filter((path) => path.includes('guard-'))).toEqual([]);
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain('hunter2');
  const folder = join(host().hostPath, '.cedar', own.project.key, 'files/0');
  expect(statSync(join(folder, 'etc/app.conf')).mode & 0o077).toBe(0);
  expect(readFileSync(join(folder, 'etc/app.conf'), 'utf8')).toContain('of 2');
}
