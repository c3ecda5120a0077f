import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as locks from '../../src/store/locks.ts';
import * as operationHosts from '../../src/store/operation-hosts.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { Newcomer } from './newcomer.ts';
import { build } from './story.ts';

let rig: Rig;
let newcomer: Newcomer;
let successor: WorkerProcess | null = null;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('shop', { build: build('echo built > artifact'), startSeconds: 0 });
  const worker = rig.startWorker();
  await rig.run({ kind: 'deploy' });
  await worker.kill();
  newcomer = await Newcomer.start(rig, 'n1');
});

afterEach(() => successor?.kill());

/** The worker is killed at `point`; what the call was answered is asked for again, and a successor goes on. */
async function killedAt(point: string, more: Parameters<Newcomer['expand']>[0] = {}) {
  const { id } = await newcomer.expand(more);
  const doomed = rig.startWorker({ CEDAR_FAIL: point });
  expect(await doomed.exited, doomed.output).toMatchObject({ signal: 'SIGKILL' });
  expect((await newcomer.expand(more)).id).toBe(id);
  successor = rig.startWorker();
  return { id };
}

describe('kill -9 of the worker in the middle of an expansion', () => {
  it.each(['greet:done', 'stage@n1:intended', 'update@n1:intended', 'place:intended', 'end:before'])(
    'at %s leaves exactly one host, one placement and one deploy',
    async (point) => {
      const starts = rig.starts(newcomer.machine).length;
      const { id } = await killedAt(point);
      await newcomer.over({ id }, 'succeeded');
      const { hosts, placements } = await newcomer.rows();
      expect([hosts.length, placements]).toEqual([1, 1]);
      expect(await rig.version(newcomer.machine)).toBe('v1');
      expect(rig.starts(newcomer.machine).length - starts).toBe(1);
      expect((await operationHosts.ofOperation(rig.db, id)).map(({ state }) => state)).toEqual(['done']);
      expect(await locks.ofProject(rig.db, rig.project.id)).toMatchObject({ operationId: null, owner: null });
      await newcomer.forget();
    },
  );

  it('while it takes back what failed goes on taking it back', async () => {
    const env = newcomer.wish().env!.filter(({ name }) => name !== 'LEDGER');
    const { id } = await killedAt('undo:unconfigure@n1:intended', { env });
    await newcomer.over({ id }, 'failed');
    expect(await newcomer.rows()).toEqual({ hosts: [], placements: 0 });
    expect(await newcomer.traces()).toEqual({ link: false, releases: [], file: false, programs: '' });
  });
});
