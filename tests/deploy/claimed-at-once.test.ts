import { beforeAll, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import * as operations from '../../src/store/operations.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';

let rig: Rig;
let worker: WorkerProcess;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('swift');
  worker = rig.startWorker({ CEDAR_POLL_SECONDS: '60' });
  await until('the worker looked, and rests', () => worker.output.includes('worker started'), 30_000);
});

/** More of them than the worker's own writes, which wake it as well, could happen to meet. */
it('operations on the embedded database are taken up when they are written, whatever the worker polls by', async () => {
  await rig.run({ kind: 'deploy' });
  for (let launch = 0; launch < 8; launch++) {
    const { id } = await rig.run({ kind: 'restart' });
    const { createdAt, startedAt } = (await operations.byId(rig.db, id))!;
    expect(startedAt).not.toBeNull();
    expect(startedAt! - createdAt, `launch ${launch}`).toBeLessThan(2000);
  }
});

it('a worker that rests for a minute ends when it is asked to', async () => {
  await worker.kill('SIGTERM');
  expect((await worker.exited).code).toBe(0);
});
