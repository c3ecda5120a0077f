import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { descendantsOf, type Proc, procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import * as steps from '../../src/store/steps.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import {
  build,
  expectOver,
  expectReadable,
  expectUntouched,
  hostStates,
  running,
  type Seen,
  seen,
  stepIs,
} from './story.ts';

vi.setConfig({ testTimeout: 180_000 });
let rig: Rig;
let first: FleetHost;
let second: FleetHost;
const projects = new Map<string, Rig>();
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  rig = await Rig.start();
  first = rig.fleet[0]!;
  second = rig.fleet[1]!;
  const worker = rig.startWorker();
  const names = ['hangs', 'silent', 'shot', 'flipped', 'edited'];
  await Promise.all(
    names.map(async (name) => projects.set(name, await running(rig, name, { stopSeconds: 4 }))),
  );
  await worker.kill('SIGTERM');
});

function startWorker(env: Record<string, string> = {}): WorkerProcess {
  const worker = rig.startWorker(env);
  workers.push(worker);
  return worker;
}

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));

function both(own: Rig): Promise<Seen[]> {
  return Promise.all(rig.fleet.map((host) => seen(own, host)));
}

describe('in the middle of a restart', () => {
  /** A worker that stands still when it is about to restart on the first host, and has a lease for that. */
  async function standing(): Promise<WorkerProcess> {
    const worker = startWorker({
      CEDAR_FAIL: 'restart@h1#0:intended',
      CEDAR_FAIL_SIGNAL: 'SIGSTOP',
      CEDAR_LEASE_SECONDS: '100',
      CEDAR_LEASE_STOP_SECONDS: '90',
    });
    await until('the worker stands still', () => procOf(worker.child.pid!)?.state === 'T', 30_000);
    return worker;
  }

  it('a supervisor that hangs leaves its host as unknown, and a person is asked to look', async () => {
    const own = projects.get('hangs')!;
    const [, old] = await both(own);
    own.repository.commit('hangs', {});
    const { id } = await own.launch({ kind: 'deploy' });
    const worker = await standing();
    first.supervisord.signal('SIGSTOP');
    worker.child.kill('SIGCONT');
    const operation = await own.ended(id, 90_000);
    first.supervisord.signal('SIGCONT');
    expect(operation).toMatchObject({ state: 'needs-attention', failure: { code: 'outcome_unknown' } });
    expect(operation.failure!.tail).toContain('looking was in vain: supervisor_hung');
    expectReadable(operation.failure!);
    await expectOver(own, operation);
    expect(await hostStates(own, operation)).toEqual(['unknown', 'untouched']);
    await expectUntouched(own, old!);
    await worker.kill();
    startWorker();
    await own.run({ kind: 'deploy' });
    expect(await own.version(first)).toBe('hangs');
  });

  it('a connection that falls silent is given up; the restart happens once, also when the silence ends', async () => {
    const own = projects.get('silent')!;
    const before = own.starts(first).length;
    own.repository.commit('silent', {});
    const { id } = await own.launch({ kind: 'deploy', hostIds: [own.hostIds[0]!] });
    const worker = await standing();
    const sessions = descendantsOf(first.sshdPid);
    expect(sessions.length).toBeGreaterThan(0);
    for (const { pid } of sessions) process.kill(pid, 'SIGSTOP');
    worker.child.kill('SIGCONT');
    const operation = await own.ended(id, 90_000);
    expect(operation, await own.logOf(id)).toMatchObject({ state: 'succeeded', failure: null });
    expect(own.starts(first)).toHaveLength(before + 1);
    for (const { pid } of sessions) process.kill(pid, 'SIGCONT');
    const over = () => sessions.every(({ pid }) => (procOf(pid)?.state ?? 'Z') === 'Z');
    await until('the old sessions have ended', over, 60_000);
    expect(own.starts(first)).toHaveLength(before + 1);
    expect(await own.version(first)).toBe('silent');
  });

  it('a guard that is killed on its host is looked after: what it had not done is done once', async () => {
    const own = projects.get('shot')!;
    startWorker();
    const slow = "process.on('SIGTERM', () => setTimeout(() => process.exit(0), 2500));";
    const source = readFileSync(join(own.repository.dir, 'index.js'), 'utf8');
    own.repository.commit('slow', { branch: 'shot', files: { 'index.js': slow + source } });
    const hostIds = [own.hostIds[0]!];
    await own.run({ kind: 'deploy', ref: 'shot', hostIds });
    const starts = own.starts(first).length;
    const { id } = await own.launch({ kind: 'restart', hostIds });
    await stepIs(own, id, 'restart@h1', ['intent']);
    let action: Proc[] = [];
    const found = () => {
      action = guardOf(first, id);
      return action.some(({ command }) => command.includes('supervisorctl'));
    };
    await until('the action runs', found, 20_000, 10);
    for (const { pid } of action) process.kill(pid, 'SIGKILL');
    const operation = await own.ended(id, 120_000);
    expect(operation, await own.logOf(id)).toMatchObject({ state: 'succeeded', failure: null });
    expect(own.starts(first)).toHaveLength(starts + 1);
    expect(await own.logOf(id)).toContain('the outcome is not known; looking');
  });
});

/** The detached action of an operation with all below it; not the connection's own shell. */
function guardOf(host: FleetHost, id: string): Proc[] {
  const sessions = descendantsOf(host.sshdPid);
  const wrapper = sessions.filter(({ command }) => command.includes(' guard ') && command.includes(id));
  return wrapper.flatMap((proc) => [proc, ...descendantsOf(proc.pid)]);
}

it('[S95] a release that somebody changed on the deploy machine goes to no host', async () => {
  const own = projects.get('flipped')!;
  const before = await both(own);
  own.repository.commit('flipped', {});
  await own.change({ build: build('echo built > artifact') });
  const { id } = await own.launch({ kind: 'deploy' });
  await startWorker({ CEDAR_FAIL: 'preflight@h1:before' }).exited;
  writeFileSync(
    join(rig.env.CEDAR_DATA_DIR!, 'releases', own.project.key, id, 'tree', 'artifact'),
    'other\n',
  );
  startWorker();
  const operation = await own.ended(id);
  expect(operation).toMatchObject({ state: 'failed', failure: { code: 'release_not_here' } });
  expectReadable(operation.failure!);
  await expectOver(own, operation);
  for (const one of before) await expectUntouched(own, one);
  own.repository.commit('flipped back', {});
  await own.run({ kind: 'deploy' });
  expect(await own.version(second)).toBe('flipped back');
});

it('a project that is edited meanwhile is deployed as it was when it was asked for', async () => {
  const own = projects.get('edited')!;
  own.repository.commit('edited', {});
  const { id } = await own.launch({ kind: 'deploy' });
  await own.change({
    build: build('exit 1'),
    checks: { ...defaultProjectSettings.checks, path: '/nowhere', code: 404 },
  });
  await own.changeEnv({ ADDED: 'later' });
  startWorker();
  const operation = await own.ended(id);
  expect(operation, await own.logOf(id)).toMatchObject({ state: 'succeeded' });
  const names = (await steps.ofOperation(own.db, id)).map((row) => row.name);
  expect(names).not.toContain('configure');
  expect(await own.version(second)).toBe('edited');
});
