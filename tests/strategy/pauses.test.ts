import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { unlock } from '../../src/deploy/unlock.ts';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
import * as pauses from '../../src/store/pauses.ts';
import { hostStates, stepIs, story } from '../deploy/story.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';

let rig: Rig;
const workers: WorkerProcess[] = [];
const stories = new Map<string, Rig>();
const points = ['pause:before', 'wait~1:done'];

beforeAll(async () => {
  rig = await Rig.start({ database: 'mariadb' });
  for (const name of [...points, 'between', 'unlocked'])
    stories.set(name, await story(rig, name.replaceAll(/[^a-z0-9]/g, '-'), { startSeconds: 0 }));
});

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
});

function startWorker(env: Record<string, string> = {}): WorkerProcess {
  const worker = rig.startWorker(env);
  workers.push(worker);
  return worker;
}

async function isPaused(own: Rig, id: string): Promise<void> {
  const found = async () => (await operations.byId(own.db, id))?.state === 'paused';
  await until(`operation ${id} is paused`, found, 30_000, 20);
}

describe('a pause', () => {
  it.each(points)('survives kill -9 at %s, and of whoever holds it while it waits', async (point) => {
    const own = stories.get(point)!;
    const isWish = point.startsWith('pause');
    const strategy = { kind: isWish ? 'serial' : 'canary' } as const;
    const { id } = await own.launch({ kind: 'deploy', strategy });
    if (isWish) await pauses.request(own.db, id, 'Wang Fang', 'lunch');
    const doomed = startWorker({ CEDAR_FAIL: point });
    expect(await doomed.exited, doomed.output).toMatchObject({ signal: 'SIGKILL' });
    const next = startWorker();
    await isPaused(own, id);
    await next.kill();
    const found = await operations.byId(own.db, id);
    expect(found).toMatchObject({ state: 'paused', resumeAt: null, pausedBy: isWish ? 'Wang Fang' : null });
    expect(await locks.ofProject(own.db, own.project.id)).toMatchObject({ operationId: id, owner: null });
    expect(own.fleet.map((host) => own.starts(host).length)).toEqual(isWish ? [0, 0] : [1, 0]);
    expect(await pauses.resume(own.db, id, 'Li Lei')).toBe(true);
    expect(await pauses.resume(own.db, id, 'Li Lei')).toBe(false);
    startWorker();
    expect(await own.ended(id)).toMatchObject({ state: 'succeeded', continuedBy: 'Li Lei' });
    expect(own.fleet.map((host) => own.starts(host).length)).toEqual([1, 1]);
  });

  it('that is wished while a host is changed waits for that host, and holds until a person continues', async () => {
    const own = stories.get('between')!;
    startWorker();
    const { id } = await own.launch({ kind: 'deploy' });
    await stepIs(own, id, 'switch@h1', ['intent', 'done']);
    expect(await pauses.request(own.db, id, 'Wang Fang', null)).toBe(true);
    await isPaused(own, id);
    expect(await hostStates(own, { id })).toEqual(['done', 'waiting']);
    expect(await pauses.resume(own.db, id, 'Wang Fang')).toBe(true);
    expect(await own.ended(id)).toMatchObject({ state: 'succeeded' });
  });

  it('can be unlocked: the project is free, and the worker of then changes nothing more', async () => {
    const own = stories.get('unlocked')!;
    startWorker();
    const { id } = await own.launch({ kind: 'deploy', strategy: { kind: 'canary', waitSeconds: 2 } });
    await isPaused(own, id);
    expect(await pauses.request(own.db, id, 'Wang Fang', 'look first')).toBe(true);
    expect(await operations.byId(own.db, id)).toMatchObject({ resumeAt: null, pausedBy: 'Wang Fang' });
    const next = await unlock(own.db, id, own.by, 'forgotten');
    expect(await own.ended(next.id)).toMatchObject({ state: 'succeeded' });
    expect(await operations.byId(own.db, id)).toMatchObject({ state: 'abandoned' });
    await own.run({ kind: 'deploy' });
  });
});
