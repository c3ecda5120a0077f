import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { unlock } from '../../src/deploy/unlock.ts';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
import * as steps from '../../src/store/steps.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import {
  build,
  expectOver,
  expectReadable,
  expectUntouched,
  fails,
  hostStates,
  running,
  seen,
  stepIs,
} from './story.ts';

let rig: Rig;
let first: FleetHost;
let second: FleetHost;

vi.setConfig({ testTimeout: 150_000 });
const workers: WorkerProcess[] = [];
/** One for each story; its first release runs on both hosts. */
const projects = new Map<string, Rig>();

beforeAll(async () => {
  rig = await Rig.start();
  first = rig.fleet[0]!;
  second = rig.fleet[1]!;
  const worker = rig.startWorker();
  const names = ['stale', 'lease', 'slow', 'building', 'build', 'restart', 'drain', 'joined', 'ill', 'well'];
  const all = names.map(async (name) => projects.set(name, await running(rig, name)));
  await Promise.all(all);
  await worker.kill('SIGTERM');
});

/** The workers of a story end with it: none of them may take the next one's operation. */
function startWorker(env: Record<string, string> = {}): WorkerProcess {
  const worker = rig.startWorker(env);
  workers.push(worker);
  return worker;
}

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));

async function stopped(worker: WorkerProcess): Promise<void> {
  await until('the worker has stopped itself', () => procOf(worker.child.pid!)?.state === 'T', 30_000);
}

/** Everything that an operation's worker writes. */
async function written(own: Rig, id: string): Promise<unknown> {
  const of = (table: string) => own.db(table).where({ operation_id: id }).orderBy(1);
  const rows = await Promise.all([of('steps'), of('operation_hosts'), of('log_chunks')]);
  const operation = await own.db('operations').where({ id });
  return [operation, ...rows, await locks.ofProject(own.db, own.project.id)];
}

describe('a worker that was stopped for twice its lease', () => {
  it.each([
    ['before its effect: the host refuses it', 'restart@h1#0:intended', 'stale_fence'],
    ['after its effect: the database refuses it', 'restart@h1#0:done', 'lease_lost'],
  ])('%s', async (_, point, refusal) => {
    const own = projects.get(refusal.split('_')[0]!)!;
    const before = rig.fleet.map((host) => own.starts(host).length);
    own.repository.commit(refusal, {});
    const { id } = await own.launch({ kind: 'deploy' });
    const zombie = startWorker({ CEDAR_FAIL: point, CEDAR_FAIL_SIGNAL: 'SIGSTOP' });
    await stopped(zombie);
    startWorker();
    const operation = await own.ended(id);
    expect(operation.state).toBe('succeeded');
    const journal = await written(own, id);
    zombie.child.kill('SIGCONT');
    const told = () => zombie.output.includes('operation taken over by another worker');
    await until('the old worker gave up', told, 20_000);
    expect(zombie.output).toContain(refusal);
    expect(await written(own, id)).toEqual(journal);
    for (const [index, host] of rig.fleet.entries()) {
      expect(own.starts(host), host.name).toHaveLength(before[index]! + 1);
      expect(await own.version(host)).toBe(refusal);
    }
  });
});

describe('unlock', () => {
  it('needs a reason, and takes the project from a worker that is slow: its host refuses that one', async () => {
    const own = projects.get('slow')!;
    const before = await Promise.all(rig.fleet.map((host) => seen(own, host)));
    own.repository.commit('never', {});
    const { id } = await own.launch({ kind: 'deploy' });
    const slow = startWorker({
      CEDAR_FAIL: 'restart@h1#0:intended',
      CEDAR_FAIL_SIGNAL: 'SIGSTOP',
      CEDAR_LEASE_SECONDS: '60',
      CEDAR_LEASE_STOP_SECONDS: '50',
    });
    await stopped(slow);
    await expect(unlock(own.db, id, own.by, ' ')).rejects.toMatchObject({ code: 'reason_needed' });
    const { id: unlocking } = await unlock(own.db, id, own.by, 'it hangs', '127.0.0.1');
    startWorker();
    expect(await own.ended(unlocking)).toMatchObject({
      state: 'succeeded',
      fromOperation: id,
      reason: 'it hangs',
    });
    slow.child.kill('SIGCONT');
    const told = () => slow.output.includes('operation taken over by another worker');
    await until('the old worker gave up', told, 20_000);
    expect(slow.output).toMatch(/stale_fence|lease lost/);
    expect(await operations.byId(own.db, id)).toMatchObject({ state: 'abandoned' });
    expect(await hostStates(own, { id })).toEqual(['unknown', 'untouched']);
    for (const { host, starts } of before) expect(own.starts(host)).toHaveLength(starts);
    await expectUntouched(own, before[1]!);
    const audited = await own.db('audit').where({ action: 'operation.unlock' }).first();
    expect(audited).toMatchObject({ actor: 'tester', reason: 'it hangs', result: 'ok', ip: '127.0.0.1' });
    await expect(unlock(own.db, id, own.by, 'again')).rejects.toMatchObject({
      code: 'not_live',
      status: 409,
    });
    await slow.kill();
    await own.run({ kind: 'deploy' });
    expect(await own.version(first)).toBe('never');
  });

  it('ends the build of the worker that it was taken from', async () => {
    startWorker();
    const own = projects.get('building')!;
    const pids = join(rig.env.CEDAR_DATA_DIR!, 'build-pid');
    await own.change({
      build: build(`echo $$ > ${pids}; sleep 600`, { idleSeconds: 600, timeoutSeconds: 600 }),
    });
    const { id } = await own.launch({ kind: 'deploy' });
    await until('it builds', () => existsSync(pids) && readFileSync(pids, 'utf8').trim() !== '', 20_000);
    const { id: unlocking } = await unlock(own.db, id, own.by, 'enough');
    await own.ended(unlocking);
    await until(
      'the build is gone',
      () => (procOf(Number(readFileSync(pids, 'utf8')))?.state ?? 'Z') === 'Z',
      15_000,
    );
    expect(await operations.byId(own.db, id)).toMatchObject({ state: 'abandoned' });
    expect(await hostStates(own, { id })).toEqual(['untouched', 'untouched']);
    await own.change({ build: build('') });
    await own.run({ kind: 'deploy' });
  });
});

it.each(['build:intended', 'restart@h1#0:done'])(
  'an operation that ends three workers at %s is parked',
  async (point) => {
    const own = projects.get(point.split(/[:@]/)[0]!)!;
    own.repository.commit(`after ${point}`, {});
    const { id } = await own.launch({ kind: 'deploy' });
    for (let crash = 1; crash <= 3; crash++) {
      expect(await startWorker({ CEDAR_FAIL: point }).exited).toMatchObject({ signal: 'SIGKILL' });
    }
    startWorker();
    const operation = await own.ended(id);
    expect(operation).toMatchObject({
      state: 'failed',
      crashes: 3,
      failure: { code: 'crashed', detail: { times: 3 } },
    });
    expectReadable(operation.failure!);
    await expectOver(own, operation);
    const touched = point.startsWith('restart');
    expect(await hostStates(own, { id })).toEqual([touched ? 'unknown' : 'untouched', 'untouched']);
    expect(own.starts(first)).toHaveLength(touched ? 2 : 1);
    await own.run({ kind: 'deploy' });
    expect(await own.version(second)).toBe(`after ${point}`);
  },
);

describe('SIGTERM', () => {
  it('lets a worker finish the host at hand; the next one does the rest', async () => {
    const own = projects.get('drain')!;
    own.repository.commit('drained', {});
    const old = await seen(own, second);
    const { id } = await own.launch({ kind: 'deploy' });
    const worker = startWorker();
    await stepIs(own, id, 'restart@h1', ['intent', 'done']);
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(await hostStates(own, { id })).toEqual(['done', 'waiting']);
    expect(await locks.ofProject(own.db, own.project.id)).toMatchObject({ operationId: id, owner: null });
    expect(await own.version(first)).toBe('drained');
    await expectUntouched(own, old);
    startWorker();
    expect(await own.ended(id)).toMatchObject({ state: 'succeeded', crashes: 0 });
    expect(await own.version(second)).toBe('drained');
    expect(rig.fleet.map((host) => own.starts(host).length)).toEqual([2, 2]);
  });

  it('does not wait for a long build: the next worker joins it, and nothing counts as a crash', async () => {
    const own = projects.get('joined')!;
    const ran = join(rig.env.CEDAR_DATA_DIR!, 'ran');
    await own.change({
      build: build(
        `echo run >> ${ran}; for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 1; done; echo built > artifact`,
      ),
    });
    const { id } = await own.launch({ kind: 'deploy' });
    const worker = startWorker({ CEDAR_DRAIN_SECONDS: '1' });
    await until('it builds', () => existsSync(ran), 20_000);
    const began = performance.now();
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(5000);
    startWorker();
    expect(await own.ended(id)).toMatchObject({ state: 'succeeded', crashes: 0 });
    expect(readFileSync(ran, 'utf8')).toBe('run\n');
    const row = (await steps.ofOperation(own.db, id)).find((one) => one.name === 'build')!;
    const lines = await own.db('log_chunks').where({ step_id: row.id }).orderBy('seq');
    expect(lines.map((line) => line.text).join('')).toMatch(/\n1\n2\n3\n4\n5\n6\n7\n8\n$/);
  });
});

it('two projects deployed to the same hosts at the same time leave each other and a third one alone', async () => {
  startWorker();
  const bystander = projects.get('drain')!;
  const both = [projects.get('ill')!, projects.get('well')!];
  const before = await Promise.all(rig.fleet.map((host) => seen(bystander, host)));
  const starts = both.map((own) => rig.fleet.map((host) => own.starts(host).length + 1));
  for (const own of both) await own.changeEnv({ ROUND: '2' });
  const ids = await Promise.all(both.map(async (own) => (await own.launch({ kind: 'deploy' })).id));
  await Promise.all(both.map((own, index) => own.ended(ids[index]!)));
  for (const [index, own] of both.entries()) {
    expect(await operations.byId(own.db, ids[index]!)).toMatchObject({ state: 'succeeded' });
    expect(rig.fleet.map((host) => own.starts(host).length)).toEqual(starts[index]);
  }
  for (const one of before) await expectUntouched(bystander, one);
});

it('a failure of one project does not hold up another', async () => {
  startWorker();
  const [ill, well] = [projects.get('ill')!, projects.get('well')!];
  ill.repository.commit('ill', { branch: 'ill', mode: 'crash' });
  const failing = fails(ill, { kind: 'deploy', ref: 'ill' }, 'not_running');
  await well.run({ kind: 'deploy' });
  await failing;
});
