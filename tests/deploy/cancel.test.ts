import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import type { Operation } from '../../src/model/operation.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
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
  type Seen,
  seen,
  stepIs,
} from './story.ts';

let rig: Rig;
let first: FleetHost;
let second: FleetHost;
const projects = new Map<string, Rig>();
const workers: WorkerProcess[] = [];
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  rig = await Rig.start();
  first = rig.fleet[0]!;
  second = rig.fleet[1]!;
  const worker = rig.startWorker();
  const names = ['queued', 'building', 'staging', 'between', 'late', 'killed', 'ended', 'retried'];
  await Promise.all(names.map(async (name) => projects.set(name, await running(rig, name))));
  await worker.kill('SIGTERM');
});

function startWorker(env: Record<string, string> = {}): WorkerProcess {
  const worker = rig.startWorker(env);
  workers.push(worker);
  return worker;
}

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));

async function both(own: Rig): Promise<Seen[]> {
  return Promise.all(rig.fleet.map((host) => seen(own, host)));
}

/** Asks to cancel and waits for the end, which may take ten seconds (R23). */
async function cancel(own: Rig, id: string): Promise<Operation> {
  expect(await operations.requestCancel(own.db, id, 'Wang Fang')).toBe(true);
  return cancelled(own, id);
}

async function cancelled(own: Rig, id: string): Promise<Operation> {
  const operation = await own.ended(id);
  expect(operation.state, JSON.stringify(operation.failure)).toBe('cancelled');
  expect(operation.failure).toMatchObject({ code: 'cancelled', detail: { by: 'Wang Fang' } });
  expectReadable(operation.failure!);
  expect(operation.finishedAt! - operation.cancelRequestedAt!).toBeLessThan(10_000);
  await expectOver(own, operation);
  expect(await operations.requestCancel(own.db, id, 'too late')).toBe(false);
  return operation;
}

describe('an operation that is cancelled', () => {
  it('before a worker took it does nothing at all', async () => {
    const own = projects.get('queued')!;
    const before = await both(own);
    const { id } = await own.launch({ kind: 'deploy' });
    expect(await operations.requestCancel(own.db, id, 'Wang Fang')).toBe(true);
    startWorker();
    const operation = await own.ended(id);
    expect(operation).toMatchObject({ state: 'cancelled', failure: { code: 'cancelled' } });
    expect((await steps.ofOperation(own.db, id)).every((row) => row.state === 'skipped')).toBe(true);
    for (const one of before) await expectUntouched(own, one);
  });

  it('while it builds ends the build with all that it started', async () => {
    const own = projects.get('building')!;
    const before = await both(own);
    const pids = join(rig.env.CEDAR_DATA_DIR!, 'pids');
    const command = `setsid sleep 600 & echo $! > ${pids}; echo $$ >> ${pids}; echo building; sleep 600`;
    await own.change({ build: build(command, { timeoutSeconds: 600, idleSeconds: 600 }) });
    startWorker();
    const { id } = await own.launch({ kind: 'deploy' });
    await until('it builds', () => existsSync(pids) && readFileSync(pids, 'utf8').split('\n').length === 3);
    const operation = await cancel(own, id);
    expect(operation.failure!.stepKey).toBe('build');
    for (const pid of readFileSync(pids, 'utf8').trim().split('\n'))
      expect(procOf(Number(pid))?.state ?? 'Z').toBe('Z');
    expect(await hostStates(own, { id })).toEqual(['untouched', 'untouched']);
    for (const one of before) await expectUntouched(own, one);
    await own.change({ build: build('') });
    await own.run({ kind: 'deploy' });
  });

  it('while it sends the release leaves nothing of it', async () => {
    const own = projects.get('staging')!;
    const before = await both(own);
    await own.change({ build: build('head -c 120000000 /dev/urandom > large') });
    startWorker();
    const { id } = await own.launch({ kind: 'deploy' });
    await stepIs(own, id, 'stage@h2', ['intent']);
    await cancel(own, id);
    expect(await hostStates(own, { id })).toEqual(['untouched', 'untouched']);
    for (const one of before) await expectUntouched(own, one);
    for (const host of rig.fleet) {
      const left = readdirSync(join(host.hostPath, '.cedar', own.project.key, 'releases'));
      expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
    await own.change({ build: build('') });
    await own.run({ kind: 'deploy' });
  });

  it('between two hosts keeps the first whole and the second as it was; the rest can be resumed', async () => {
    const own = projects.get('between')!;
    const [, old] = await both(own);
    const commit = own.repository.commit('between', {});
    startWorker();
    const { id } = await own.launch({ kind: 'deploy' });
    await stepIs(own, id, 'restart@h1', ['intent', 'done']);
    const operation = await cancel(own, id);
    expect(await hostStates(own, { id })).toEqual(['done', 'untouched']);
    expect(await own.version(first)).toBe('between');
    await expectUntouched(own, old!);
    own.repository.commit('later', {});
    const starts = own.starts(first).length;
    const resumed = await own.run({
      kind: 'deploy',
      ref: operation.commit,
      releaseId: operation.releaseId,
      hostIds: [own.hostIds[1]!],
      fromOperation: id,
      relation: 'resume',
    });
    expect(resumed).toMatchObject({
      relation: 'resume',
      fromOperation: id,
      commit,
      releaseId: operation.releaseId,
    });
    expect((await steps.ofOperation(own.db, resumed.id)).find((row) => row.name === 'build')?.state).toBe(
      'skipped',
    );
    expect(await own.version(second)).toBe('between');
    expect(own.starts(first)).toHaveLength(starts);
  });

  it('on its last host runs to its end', async () => {
    const own = projects.get('late')!;
    startWorker();
    const { id } = await own.launch({ kind: 'deploy' });
    await stepIs(own, id, 'restart@h2', ['intent', 'done']);
    await operations.requestCancel(own.db, id, 'Wang Fang');
    expect(await own.ended(id)).toMatchObject({ state: 'succeeded', failure: null });
    expect(await hostStates(own, { id })).toEqual(['done', 'done']);
  });

  it('while its worker is lost in the middle of a host: the next one finishes that host first', async () => {
    const own = projects.get('killed')!;
    const [, old] = await both(own);
    own.repository.commit('killed', {});
    const { id } = await own.launch({ kind: 'deploy' });
    await startWorker({ CEDAR_FAIL: 'restart@h1#0:done' }).exited;
    await operations.requestCancel(own.db, id, 'Wang Fang');
    startWorker();
    const operation = await own.ended(id);
    expect(operation).toMatchObject({ state: 'cancelled', failure: { code: 'cancelled' } });
    await expectOver(own, operation);
    expect(await hostStates(own, { id })).toEqual(['done', 'untouched']);
    expect(await own.version(first)).toBe('killed');
    expect(own.starts(first)).toHaveLength(2);
    await expectUntouched(own, old!);
  });
});

it('a host that was done when its worker was lost stays done', async () => {
  const own = projects.get('ended')!;
  const { id } = await own.launch({ kind: 'deploy' });
  await startWorker({ CEDAR_FAIL: 'switch@h2:before' }).exited;
  // What the journal holds when the worker is lost after the host's last step, before it says that the host is done.
  await own
    .db('operation_hosts')
    .where({ operation_id: id, host_id: own.hostIds[0] })
    .update({ state: 'active' });
  startWorker();
  expect(await own.ended(id)).toMatchObject({ state: 'succeeded' });
  expect(await hostStates(own, { id })).toEqual(['done', 'done']);
});

it('a failed host can be tried again with the same release', async () => {
  const own = projects.get('retried')!;
  startWorker();
  own.repository.commit('ill', { branch: 'retried', mode: 'sick' });
  const failed = await fails(own, { kind: 'deploy', ref: 'retried' }, 'http_check');
  await own.change({ checks: { ...defaultProjectSettings.checks, path: '/' } });
  const again = await own.run({
    kind: 'deploy',
    ref: failed.commit,
    releaseId: failed.releaseId,
    hostIds: [own.hostIds[0]!],
    fromOperation: failed.id,
    relation: 'retry',
  });
  expect(again).toMatchObject({ relation: 'retry', fromOperation: failed.id, releaseId: failed.releaseId });
  expect(await hostStates(own, again)).toEqual(['done']);
  expect(await own.version(first)).toBe('ill');
  expect(await own.version(second)).not.toBe('ill');
});
