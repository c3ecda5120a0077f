import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import type { Operation } from '../../src/model/operation.ts';
import { defaultStrategy, type Strategy } from '../../src/model/strategy.ts';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
import * as pauses from '../../src/store/pauses.ts';
import * as steps from '../../src/store/steps.ts';
import { expectReadable, hostStates, story } from '../deploy/story.ts';
import { Rig } from '../lab/rig.ts';
import { deployAll } from './deployed.ts';

let rig: Rig;

const quick = { startSeconds: 0 };
const stories = new Map<string, Rig>();

beforeAll(async () => {
  rig = await Rig.start({ hosts: 4 });
  rig.startWorker();
  const names = ['person', 'withdrawn', 'minimum'];
  for (const name of names) stories.set(name, await story(rig, name, quick));
  await deployAll(stories.values());
}, 180_000);

const by = (strategy: Partial<Strategy>) => ({ ...quick, strategy: { ...defaultStrategy, ...strategy } });

async function inState(own: Rig, id: string, state: Operation['state']): Promise<Operation> {
  const found = async () => (await operations.byId(own.db, id))?.state === state;
  await until(`operation ${id} is ${state}`, found, 30_000, 20);
  return (await operations.byId(own.db, id))!;
}

async function versions(own: Rig): Promise<string[]> {
  return Promise.all(own.fleet.map((host) => own.version(host).catch(() => '-')));
}

describe('batches', () => {
  it('change their hosts side by side, and one batch after the other', async () => {
    const own = await story(rig, 'batches', by({ kind: 'batches', batch: '50%' }));
    const { id } = await own.run({ kind: 'deploy' });
    const rows = (await steps.ofOperation(own.db, id)).filter((row) => row.phase === 'activate');
    const span = (host: number) => {
      const mine = rows.filter((row) => row.hostId === own.hostIds[host]);
      return {
        from: Math.min(...mine.map((row) => row.startedAt!)),
        to: Math.max(...mine.map((row) => row.endedAt!)),
      };
    };
    const [h1, h2, h3, h4] = [span(0), span(1), span(2), span(3)];
    const overlap = (one: typeof h1, other: typeof h1) => one.from < other.to && other.from < one.to;
    expect([overlap(h1, h2), overlap(h3, h4)], await own.timeline(id)).toEqual([true, true]);
    expect(Math.min(h3.from, h4.from)).toBeGreaterThanOrEqual(Math.max(h1.to, h2.to));
    expect(await versions(own)).toEqual(['v1', 'v1', 'v1', 'v1']);
  });
});

describe('a canary', () => {
  it('waits for a person, holding the lock and no worker, and goes on when told', async () => {
    const own = stories.get('person')!;
    own.repository.commit('canary', { branch: 'person' });
    const { id } = await own.launch({ kind: 'deploy', ref: 'person', strategy: { kind: 'canary' } });
    const paused = await inState(own, id, 'paused');
    expect(paused).toMatchObject({ resumeAt: null, pausedBy: null });
    expect(await versions(own)).toEqual(['canary', 'v1', 'v1', 'v1']);
    expect(await hostStates(own, { id })).toEqual(['done', 'waiting', 'waiting', 'waiting']);
    expect(await locks.ofProject(own.db, own.project.id)).toMatchObject({ operationId: id, owner: null });
    await expect(own.launch({ kind: 'restart' })).rejects.toMatchObject({ code: 'locked' });
    expect(await pauses.resume(own.db, id, 'Wang Fang')).toBe(true);
    expect(await own.ended(id)).toMatchObject({ state: 'succeeded', continuedBy: 'Wang Fang', crashes: 0 });
    expect(await versions(own)).toEqual(['canary', 'canary', 'canary', 'canary']);
    const wait = (await steps.ofOperation(own.db, id)).find((row) => row.name === 'wait');
    expect(wait).toMatchObject({ state: 'done', evidence: { continuedBy: 'Wang Fang', until: null } });
  });

  it('waits for a time, and goes on by itself', async () => {
    const own = await story(rig, 'time', by({ kind: 'canary', canary: 3, batch: '3', waitSeconds: 2 }));
    const { id } = await own.launch({ kind: 'deploy' });
    const { resumeAt, pausedAt } = await inState(own, id, 'paused');
    expect(resumeAt! - pausedAt!).toBeGreaterThan(1500);
    await own.ended(id);
    const rows = await steps.ofOperation(own.db, id);
    const wait = rows.find((row) => row.name === 'wait')!;
    const last = rows.filter((row) => row.hostId === own.hostIds[3] && row.phase === 'activate');
    expect(wait.evidence).toMatchObject({ until: resumeAt, continuedBy: null });
    expect(Math.min(...last.map((row) => row.startedAt!))).toBeGreaterThanOrEqual(resumeAt!);
    expect(await versions(own)).toEqual(['v1', 'v1', 'v1', 'v1']);
  });

  it('that is cancelled while it waits leaves the others as they were', async () => {
    const own = stories.get('withdrawn')!;
    own.repository.commit('bad', { branch: 'withdrawn' });
    const { id } = await own.launch({ kind: 'deploy', ref: 'withdrawn', strategy: { kind: 'canary' } });
    await inState(own, id, 'paused');
    expect(await operations.requestCancel(own.db, id, 'Wang Fang')).toBe(true);
    expect(await own.ended(id)).toMatchObject({ state: 'cancelled' });
    expect(await hostStates(own, { id })).toEqual(['done', 'untouched', 'untouched', 'untouched']);
    expect(await versions(own)).toEqual(['bad', 'v1', 'v1', 'v1']);
  });
});

describe('a minimum of well hosts', () => {
  it('stops before it would leave too few, and names the ill ones', async () => {
    const own = stories.get('minimum')!;
    await own.run({ kind: 'stop', hostIds: [own.hostIds[3]!] });
    own.repository.commit('less', { branch: 'minimum' });
    const strategy = { minHealthy: 3 };
    const failed = await own.run({ kind: 'deploy', ref: 'minimum', strategy }, 'failed');
    expect(failed.failure).toMatchObject({
      code: 'too_few_healthy',
      detail: { well: 2, needed: 3, ill: 'h4 (stopped)' },
    });
    expectReadable(failed.failure!);
    expect(await hostStates(own, failed)).toEqual(['untouched', 'untouched', 'untouched', 'untouched']);
    expect(await versions(own)).toEqual(['v1', 'v1', 'v1', '-']);
    await own.run({ kind: 'deploy', ref: 'minimum', strategy: { minHealthy: 2 } });
    expect(await versions(own)).toEqual(['less', 'less', 'less', 'less']);
  });
});

describe('failures that may be', () => {
  it('do not keep the others from the release, and the end is told truthfully', async () => {
    const own = await story(rig, 'failures', { ...quick });
    const illOn = [own.fleet[1]!.address, own.fleet[3]!.address].join(' ');
    own.repository.commit('half', { branch: 'failures', files: { 'ill-on': illOn } });
    const strategy = { kind: 'batches', batch: '2', maxFailures: 2 } as const;
    const failed = await own.run({ kind: 'deploy', ref: 'failures', strategy }, 'failed');
    expect(await hostStates(own, failed)).toEqual(['done', 'failed', 'done', 'failed']);
    expect(failed.failure).toMatchObject({ code: 'http_check', notes: [{ code: 'also_failed' }] });
    const stopped = await own.run(
      { kind: 'deploy', ref: 'failures', strategy: { maxFailures: 0 } },
      'failed',
    );
    expect(await hostStates(own, stopped)).toEqual(['done', 'failed', 'untouched', 'untouched']);
  });
});
