import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
import { Rig } from '../lab/rig.ts';
import { build, expectOver, hostStates, running, stepIs } from './story.ts';

/** A build that writes that it began, and waits until it may end. */
function slowBuild(rig: Rig) {
  const file = (name: string) => join(rig.env.CEDAR_DATA_DIR!, name);
  const command = `echo begun >> ${file('begun')}; until [ -f ${file('go')} ]; do sleep 0.1; done; echo over`;
  return {
    settings: build(command),
    begun: () =>
      existsSync(file('begun')) ? readFileSync(file('begun'), 'utf8').trim().split('\n').length : 0,
    go: () => writeFileSync(file('go'), ''),
  };
}

describe.concurrent('workers that come and go', () => {
  it('a worker that was stopped during a build leaves it to the one that joined it', async () => {
    const rig = await Rig.start({ hosts: 1 });
    const slow = slowBuild(rig);
    await rig.addProject('zombie', { build: slow.settings });
    const first = rig.startWorker();
    const { id } = await rig.launch({ kind: 'deploy' });
    await until('the build began', () => slow.begun() > 0, 30_000);
    const { fence } = (await locks.ofProject(rig.db, rig.project.id))!;
    first.child.kill('SIGSTOP');
    rig.startWorker();
    await until(
      'another worker has it',
      async () => (await locks.ofProject(rig.db, rig.project.id))!.fence > fence,
      30_000,
    );
    first.child.kill('SIGCONT');
    await until('the zombie knows', () => first.output.includes('taken over by another worker'), 30_000);
    slow.go();
    const operation = await rig.ended(id);
    expect(operation.state, JSON.stringify(operation.failure)).toBe('succeeded');
    expect(slow.begun()).toBe(1);
  });

  it('a worker whose time to drain is over hands on what it could not finish', async () => {
    const rig = await running(await Rig.start({ hosts: 1 }).then(withWorker), 'drained', { stopSeconds: 30 });
    const host = rig.fleet[0]!;
    const stubborn = {
      'index.js': `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 12_000));\n`,
    };
    const source = readFileSync(join(host.hostPath, rig.project.key, 'index.js'), 'utf8');
    rig.repository.commit('slow', { files: { 'index.js': stubborn['index.js'] + source } });
    await rig.run({ kind: 'deploy' });
    const before = rig.starts(host).length;
    const { id } = await rig.launch({ kind: 'restart' });
    await stepIs(rig, id, 'restart@h1', ['intent']);
    const [worker] = workers.get(rig.env.CEDAR_DATA_DIR!)!;
    worker!.child.kill('SIGTERM');
    expect(await worker!.exited).toMatchObject({ code: 0 });
    expect((await operations.byId(rig.db, id))?.state).toBe('running');
    expect(await locks.ofProject(rig.db, rig.project.id)).toMatchObject({ operationId: id, owner: null });
    rig.startWorker();
    const operation = await rig.ended(id);
    expect(operation.state, JSON.stringify(operation.failure)).toBe('succeeded');
    expect(operation.crashes).toBe(0);
    expect(rig.starts(host)).toHaveLength(before + 1);
  });

  it('an operation that ended three workers looks like one that is over', async () => {
    const rig = await running(await Rig.start({ hosts: 1 }).then(withWorker), 'poison');
    for (const worker of workers.get(rig.env.CEDAR_DATA_DIR!)!) await worker.kill();
    rig.repository.commit('poison', {});
    const { id } = await rig.launch({ kind: 'deploy' });
    for (const point of ['restart@h1#0:before', 'restart@h1#0:intended', 'restart@h1#0:done']) {
      await rig.startWorker({ CEDAR_FAIL: point }).exited;
    }
    rig.startWorker();
    const operation = await rig.ended(id);
    expect(operation.failure?.code).toBe('crashed');
    await expectOver(rig, operation);
    expect(await hostStates(rig, operation)).toEqual(['unknown']);
    expect((await operations.byId(rig.db, id))?.crashes).toBe(3);
  });
});

const workers = new Map<string, ReturnType<Rig['startWorker']>[]>();

function withWorker(rig: Rig): Rig {
  workers.set(rig.env.CEDAR_DATA_DIR!, [rig.startWorker({ CEDAR_DRAIN_SECONDS: '1' })]);
  return rig;
}
