import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import type { Operation } from '../../src/model/operation.ts';
import * as releases from '../../src/store/releases.ts';
import * as steps from '../../src/store/steps.ts';
import { Rig } from '../lab/rig.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { build, expectOver, expectUntouched, fails, hostStates, running, type Seen, seen } from './story.ts';

let rig: Rig;
let worker: WorkerProcess;
let first: FleetHost;
let second: FleetHost;

beforeAll(async () => {
  rig = await Rig.start();
  first = rig.fleet[0]!;
  second = rig.fleet[1]!;
  worker = rig.startWorker({ CEDAR_STABLE_SECONDS: '2' });
});

/** Every journal names the hosts that were touched as they are: the first failed on the new release, the second old. */
async function expectFirstFailed(own: Rig, operation: Operation, before: Seen): Promise<void> {
  expect(await hostStates(own, operation)).toEqual(['failed', 'untouched']);
  expect(own.current(first)).toBe(operation.releaseId);
  expect(operation.failure).toMatchObject({ hostId: own.hostIds[0], detail: { host: 'h1' } });
  expect((await releases.byId(own.db, operation.releaseId!))?.badAt).not.toBeNull();
  await expectUntouched(own, before);
}

async function expectGood(own: Rig, version: string, branch: string): Promise<void> {
  own.repository.commit(version, { branch });
  await own.run({ kind: 'deploy', ref: branch });
  for (const host of own.fleet) expect(await own.version(host)).toBe(version);
}

describe.concurrent('a program that does not come up stops the deploy at the first host', {
  timeout: 180_000,
}, () => {
  it('when it crashes at its start', async () => {
    const own = await running(rig, 'crash');
    const before = await seen(own, second);
    own.repository.commit('bad', { branch: 'crash', mode: 'crash' });
    const operation = await fails(own, { kind: 'deploy', ref: 'crash' }, 'not_running');
    expect(operation.failure.stepKey).toBe(`state@${own.hostIds[0]}#0`);
    expect(operation.failure.detail).toMatchObject({ state: 'FATAL' });
    expect(operation.failure).toMatchObject({
      exitCode: null,
      tail: expect.stringContaining('Exited too quickly'),
    });
    expect(operation.failure.programTail).toContain('I cannot start: no database');
    await expectFirstFailed(own, operation, before);
    await expectGood(own, 'mended', 'crash');
  });

  it('when its health check is sick', async () => {
    const own = await running(rig, 'sick');
    const before = await seen(own, second);
    own.repository.commit('bad', { branch: 'sick', mode: 'sick' });
    const operation = await fails(own, { kind: 'deploy', ref: 'sick' }, 'http_check');
    expect(operation.failure.detail).toMatchObject({ path: '/healthcheck', code: 200, problem: '500 bad' });
    await expectFirstFailed(own, operation, before);
    expect(await own.version(first)).toBe('bad');
    await expectGood(own, 'mended', 'sick');
  });

  it('when it flaps, although supervisor says RUNNING half of the time', async () => {
    const own = await running(rig, 'flap');
    const before = await seen(own, second);
    own.repository.commit('bad', { branch: 'flap', mode: 'flap' });
    const operation = await fails(own, { kind: 'deploy', ref: 'flap' }, 'flapping');
    const rows = await steps.ofOperation(own.db, operation.id);
    expect(rows.find((row) => row.name === 'state')?.state).toBe('done');
    await expectFirstFailed(own, operation, before);
    await expectGood(own, 'mended', 'flap');
  });

  it('when another process has its port, and it ends for that', async () => {
    const own = await running(rig, 'taken');
    await own.run({ kind: 'stop', hostIds: [own.hostIds[0]!] });
    const other = await listen(own);
    const before = await seen(own, second);
    own.repository.commit('late', { branch: 'taken' });
    const operation = await fails(own, { kind: 'deploy', ref: 'taken' }, 'not_running');
    expect(operation.failure.programTail).toContain('EADDRINUSE');
    await expectFirstFailed(own, operation, before);
    await close(other);
    await expectGood(own, 'mended', 'taken');
  });

  it('when another process answers at its port in its place', async () => {
    const own = await running(rig, 'squat');
    await own.run({ kind: 'stop', hostIds: [own.hostIds[0]!] });
    const other = await listen(own);
    const before = await seen(own, second);
    const mute = { 'index.js': "console.log('up'); setInterval(() => undefined, 1000);" };
    own.repository.commit('mute', { branch: 'squat', files: mute });
    const operation = await fails(own, { kind: 'deploy', ref: 'squat' }, 'port_of_other');
    expect(operation.failure.detail.port).toBe(own.project.port);
    await expectFirstFailed(own, operation, before);
    await close(other);
    await expectGood(own, 'mended', 'squat');
  });
});

function listen(own: Rig): Promise<Server> {
  const server = createServer((_, response) => response.end('somebody else'));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(own.project.port!, first.address, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

describe('a release that cannot be made touches no host', () => {
  let own: Rig;
  let before: Seen[];

  beforeAll(async () => {
    await worker.kill('SIGTERM');
    rig.startWorker();
    own = await running(rig, 'made');
    before = await Promise.all(rig.fleet.map((host) => seen(own, host)));
  });

  async function refused(code: string, request: Partial<Parameters<typeof fails>[1]> = {}) {
    const operation = await fails(own, { kind: 'deploy', ...request }, code);
    expect(await hostStates(own, operation)).toEqual(['untouched', 'untouched']);
    for (const one of before) await expectUntouched(own, one);
    return operation;
  }

  /** The next good deploy; to one host, because none was touched. */
  async function mended() {
    await own.change({ build: build('true') });
    await own.run({ kind: 'deploy', hostIds: [own.hostIds[0]!] });
    before = await Promise.all(rig.fleet.map((host) => seen(own, host)));
  }

  it('when the build fails, with what ran, its last lines and its exit code', async () => {
    await own.change({ build: build('echo one; echo two >&2; exit 3') });
    const { failure } = await refused('build_exit');
    expect(failure).toMatchObject({
      stepKey: 'build',
      hostId: null,
      exitCode: 3,
      tail: '$ echo one; echo two >&2; exit 3\none\ntwo',
    });
    await mended();
  });

  it('when the build fails inside a pipe and its last command ends well', async () => {
    await own.change({ build: build('echo before\nfalse | cat\necho after') });
    const { failure } = await refused('build_exit');
    expect(failure).toMatchObject({ exitCode: 1, tail: '$ echo before\nfalse | cat\necho after\nbefore' });
    await mended();
  });

  it('when the build never ends', async () => {
    const command = 'while :; do echo tick; sleep 0.2; done';
    await own.change({ build: build(command, { timeoutSeconds: 2 }) });
    const { failure } = await refused('build_timeout');
    expect(failure.detail).toMatchObject({ seconds: 2 });
    expect(failure.tail).toContain('tick');
    await mended();
  });

  it('when the build says nothing any more', async () => {
    await own.change({ build: build('echo begun; sleep 713001', { idleSeconds: 1 }) });
    const { failure } = await refused('build_idle');
    expect(failure).toMatchObject({ detail: { seconds: 1 }, tail: '$ echo begun; sleep 713001\nbegun' });
    expect(processesOf('713001')).toEqual([]);
    await mended();
  });

  it('and a build that leaves daemons behind is over when its command is, without them', async () => {
    const daemons = 'setsid sleep 713002 & (setsid nohup sleep 713003 &) ; (trap "" TERM; sleep 713004) &';
    await own.change({ build: build(`${daemons}\necho built > artifact`) });
    const operation = await own.run({ kind: 'deploy', hostIds: [own.hostIds[0]!] });
    expect(['713002', '713003', '713004'].flatMap(processesOf)).toEqual([]);
    await expectOver(own, operation);
    await mended();
  });

  it('when what was built would lead out of the release', async () => {
    await own.change({ build: build('mkdir -p a; ln -s /etc/passwd a/leak; ln -s ../../up up') });
    const { failure } = await refused('build_output');
    expect(String(failure.detail.list)).toContain('a/leak');
    expect(String(failure.detail.list)).toContain('up');
    await mended();
  });

  it('when the ref does not exist', async () => {
    const { failure } = await refused('git_ref_gone', { ref: 'no-such-branch' });
    expect(failure).toMatchObject({ stepKey: 'resolve', detail: { ref: 'no-such-branch' } });
    await mended();
  });
});

it('a repository that is gone fails the deploy at once, and the hosts go on', async () => {
  const own: Rig = Object.assign(Object.create(rig), { repository: new SampleRepository() });
  await own.addProject('gone');
  await own.run({ kind: 'deploy' });
  const before = await Promise.all(rig.fleet.map((host) => seen(own, host)));
  renameSync(own.repository.dir, `${own.repository.dir}.away`);
  const { failure } = await fails(own, { kind: 'deploy' }, 'git_missing');
  expect(failure.stepKey).toBe('fetch');
  for (const one of before) await expectUntouched(own, one);
  renameSync(`${own.repository.dir}.away`, own.repository.dir);
  await own.run({ kind: 'deploy', hostIds: [own.hostIds[0]!] });
});

/** Processes whose command line names something that no other program names. */
function processesOf(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word);
      } catch (error) {
        if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
        throw error;
      }
    });
}
