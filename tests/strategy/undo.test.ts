import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { defaultStrategy } from '../../src/model/strategy.ts';
import * as running from '../../src/store/running.ts';
import * as steps from '../../src/store/steps.ts';
import { expectOver, expectReadable, hostStates, stepIs, story } from '../deploy/story.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { deployAll } from './deployed.ts';

let rig: Rig;
const workers: WorkerProcess[] = [];
const settings = { startSeconds: 0, strategy: { ...defaultStrategy, onFailure: 'roll-back' as const } };

const points = ['undo:switch@h3:done', 'undo:restart@h2#0:intended', 'end:before'];
const named = (point: string) => point.replaceAll(/[^a-z0-9]/g, '-');
const stories = new Map<string, Rig>();

/** The first release runs everywhere in all stories; the next one of each is ill on the last host. */
beforeAll(async () => {
  rig = await Rig.start({ hosts: 3 });
  const names = ['configured', 'stuck', ...points.map(named)];
  for (const name of names) stories.set(name, await story(rig, name, settings));
  const worker = rig.startWorker();
  await deployAll(stories.values());
  await worker.kill();
  const illOn = { 'ill-on': rig.fleet[2]!.address };
  for (const name of names) rig.repository.commit(`${name}-2`, { branch: name, files: illOn });
}, 180_000);

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
});

function startWorker(env: Record<string, string> = {}): WorkerProcess {
  const worker = rig.startWorker(env);
  workers.push(worker);
  return worker;
}

function configuration(own: Rig, host: FleetHost): string {
  return readFileSync(join(host.supervisorDir, `${own.project.key}.conf`), 'utf8');
}

async function undone(own: Rig, id: string): Promise<string[]> {
  const rows = (await steps.ofOperation(own.db, id)).filter((row) => row.phase === 'undo');
  expect(rows.every((row) => row.state === 'done')).toBe(true);
  const nameOf = (hostId: string | null) => own.fleet[own.hostIds.indexOf(hostId!)]!.name;
  return rows.map((row) => `${row.name}@${nameOf(row.hostId)}`);
}

async function expectAsBefore(own: Rig, first: string | null): Promise<void> {
  for (const host of own.fleet) {
    expect(await own.version(host)).toBe('v1');
    expect(own.current(host)).toBe(first);
  }
}

describe('rolling back on failure', () => {
  it('brings every touched host back, the last one first, with the configuration of before', async () => {
    const own = stories.get('configured')!;
    const first = own.current(own.fleet[0]!);
    const before = own.fleet.map((host) => configuration(own, host));
    await own.changeEnv({ COLOUR: 'green' });
    startWorker();
    const failed = await own.run({ kind: 'deploy', ref: 'configured' }, 'failed');
    expectReadable(failed.failure!);
    await expectOver(own, failed);
    expect(failed.failure).toMatchObject({
      code: 'http_check',
      notes: [{ code: 'rolled_back', detail: { hosts: 'h3, h2, h1' } }],
    });
    expect(await hostStates(own, failed)).toEqual(['rolled-back', 'rolled-back', 'rolled-back']);
    expect(own.fleet.map((host) => configuration(own, host))).toEqual(before);
    await expectAsBefore(own, first);
    const names = await undone(own, failed.id);
    expect(names.filter((name) => /restore|update/.test(name))).toEqual([
      ...['restore@h3', 'update@h3', 'restore@h2', 'update@h2', 'restore@h1', 'update@h1'],
    ]);
    const last = await running.lastChanges(own.db, own.project.id, own.hostIds);
    expect([...last.values()].map((one) => one.releaseAfter)).toEqual([first, first, first]);
  });

  it.each(points)('survives kill -9 at %s', async (point) => {
    const name = named(point);
    const own = stories.get(name)!;
    const first = own.current(own.fleet[0]!);
    const { id } = await own.launch({ kind: 'deploy', ref: name });
    expect(await startWorker({ CEDAR_FAIL: point }).exited).toMatchObject({ signal: 'SIGKILL' });
    startWorker();
    const failed = await own.ended(id);
    expect(failed, await own.logOf(id)).toMatchObject({ state: 'failed', failure: { code: 'http_check' } });
    expect(await hostStates(own, failed)).toEqual(['rolled-back', 'rolled-back', 'rolled-back']);
    await expectAsBefore(own, first);
    expect(own.fleet.map((host) => own.starts(host).length)).toEqual([3, 3, 3]);
  });

  it('leaves a host alone where nothing ran before, and says so', async () => {
    const own = await story(rig, 'fresh', settings);
    own.repository.commit('fresh', { branch: 'fresh', files: { 'ill-on': own.fleet[1]!.address } });
    startWorker();
    const failed = await own.run({ kind: 'deploy', ref: 'fresh' }, 'failed');
    expect(failed.failure!.notes).toEqual([{ code: 'left_alone', detail: { hosts: 'h1, h2' } }]);
    expect(await hostStates(own, failed)).toEqual(['done', 'failed', 'untouched']);
    expect(await undone(own, failed.id)).toEqual([]);
  });

  it('tells of a host that could not be brought back: a person must look', async () => {
    const own = stories.get('stuck')!;
    startWorker();
    const [host] = own.fleet;
    const old = own.current(host!)!;
    const { id } = await own.launch({ kind: 'deploy', ref: 'stuck' });
    await stepIs(own, id, 'switch@h3', ['done']);
    rmSync(join(host!.hostPath, '.cedar', own.project.key, 'releases', old), { recursive: true });
    const ended = await own.ended(id);
    expect(ended.state).toBe('needs-attention');
    expect(ended.failure!.notes!.map((note) => note.code)).toEqual(['rolled_back', 'not_rolled_back']);
    expect(await hostStates(own, ended)).toEqual(['unknown', 'rolled-back', 'rolled-back']);
  });
});
