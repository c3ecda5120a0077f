import { beforeAll, describe, expect, it } from 'vitest';
import { type ProcessKind, processKinds } from '../../src/deploy/one-process.ts';
import { decisionHash } from '../../src/model/decision.ts';
import { leftOut } from '../../src/store/left-out.ts';
import * as operationHosts from '../../src/store/operation-hosts.ts';
import * as operations from '../../src/store/operations.ts';
import * as steps from '../../src/store/steps.ts';
import { FakeGateway } from '../lab/fake-gateway.ts';
import { killedAt } from '../lab/killed-at.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { Console } from './console.ts';
import { observed, registry } from './registry-story.ts';

let rig: Rig;
let worker: WorkerProcess;
let gateway: FakeGateway;
let withDrain: (seconds: number) => ReturnType<typeof registry>;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  gateway = await new FakeGateway().start();
  const options = {
    ...{ url: `${gateway.url}/backends/{port}/{direction}` },
    ...{ body: '{"service":"{project}","state":"{direction}"}' },
    ...{ header_name: 'X-Key', header_value: rig.vault.seal(gateway.key) },
  };
  withDrain = (drainSeconds) => registry('hook', options, { drainSeconds });
  await rig.addProject('pair', withDrain(1), 2);
  worker = rig.startWorker();
  await rig.run({ kind: 'deploy' });
});

const port = (index: number) => rig.project.port! + index;
const name = (index: number) => `test_pair:test_pair_${port(index)}`;
const startsOf = (index: number) => rig.starts(rig.fleet[0]!).filter((one) => one.port === port(index));

/** The second process, by an operation of this kind; nothing may ever happen to the first. */
function second(kind: ProcessKind) {
  return { kind, process: name(1) };
}

async function isUp(index: number): Promise<boolean> {
  return fetch(`http://${rig.fleet[0]!.address}:${port(index)}/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What a registry heard since, in its order: such as `out 4001`. */
function heard(): string[] {
  return gateway.ledger.splice(0).map(({ event, id }) => `${event} ${Number(id) - rig.project.port!}`);
}

async function journal(id: string): Promise<string[]> {
  return (await steps.ofOperation(rig.db, id)).map((row) => row.stepKey.replace(/@\w+/, ''));
}

describe('one process', () => {
  it('is restarted alone: out of its registry, drained, restarted once, checked, in again', async () => {
    const [first, before] = [startsOf(0).length, startsOf(1).length];
    gateway.ledger.length = 0;
    const { id, snapshot, decision } = await rig.run(second('restart-process'));
    expect(await journal(id)).toEqual([
      ...['preflight', 'deregister#1', 'drain#1', 'restart#1', 'state#1', 'port#1', 'http#1', 'stable#1'],
      'register#1',
    ]);
    expect(heard()).toEqual(['out 1', 'in 1']);
    expect([startsOf(0).length - first, startsOf(1).length - before]).toEqual([0, 1]);
    expect(snapshot.params.process).toEqual({ name: name(1), index: 1 });
    const choice = { kind: 'restart-process' as const, commit: null, releaseId: null };
    expect(decision).toBe(decisionHash(choice, snapshot));
    const other = { ...snapshot, params: { process: { name: name(0), index: 0 } } };
    expect(decision).not.toBe(decisionHash(choice, other));
    const trail = await rig.db('audit').where({ action: 'operation.restart-process' }).first();
    expect(JSON.parse(trail.after)).toMatchObject({ operation: id, hosts: ['h1'], process: name(1) });
  });

  it('leaves its registry when it is stopped and stays down, until it is started', async () => {
    await rig.change(withDrain(0));
    gateway.ledger.length = 0;
    const [first, before] = [startsOf(0).length, startsOf(1).length];
    await rig.run(second('stop-process'));
    expect(heard()).toEqual(['out 1']);
    expect([await isUp(0), await isUp(1)]).toEqual([true, false]);
    expect(await leftOut(rig.db)).toMatchObject([{ process: 1, observed: 'out', mood: 'stopped' }]);
    await rig.run({ kind: 'restart-process', process: name(0) });
    expect(heard()).toEqual(['out 0', 'in 0']);
    expect([await isUp(0), await isUp(1)]).toEqual([true, false]);
    expect([startsOf(0).length - first, startsOf(1).length - before]).toEqual([1, 0]);
    expect([await observed(rig, 0, 0), await observed(rig, 0, 1)]).toEqual(['in', 'out']);
    await rig.run(second('start-process'));
    expect(heard().at(-1)).toBe('in 1');
    expect([await isUp(0), await isUp(1)]).toEqual([true, true]);
    expect([startsOf(0).length - first, startsOf(1).length - before]).toEqual([1, 1]);
    expect(await observed(rig, 0, 1)).toBe('in');
  });

  it('that runs is not started again, whoever asks: here the command line', async () => {
    const console = await Console.over(rig);
    const token = await console.token();
    const before = startsOf(1).length;
    const started = console.cedar(token, 'start', 'test_pair', '--process', name(1), '--json');
    expect(await started.ended, started.stderr).toBe(0);
    expect(started.json).toMatchObject({ kind: 'start-process', state: 'succeeded', process: name(1) });
    expect(await rig.logOf(String(started.json.id))).toContain(`${name(1)} runs already`);
    expect(startsOf(1).length).toBe(before);
    const refused = console.cedar(token, 'stop', 'test_pair', '--process', 'none', '--json');
    expect(await refused.ended).toBe(2);
    expect(refused.json).toMatchObject({ code: 'no_such_process', field: 'process' });
  });

  it.each(processKinds)('%s is refused for a name that is none, with the field named', async (kind) => {
    for (const process of ['test_pair:none', 'other:program', '', undefined])
      await expect(rig.launch({ kind, process })).rejects.toMatchObject({
        ...{ code: 'no_such_process', status: 422 },
        detail: { field: 'process', host: 'h1' },
      });
  });

  it('that was shown otherwise before the button is not touched', async () => {
    const params = { decided: 'f'.repeat(64) };
    await expect(rig.launch({ ...second('restart-process'), params })).rejects.toMatchObject({
      code: 'plan_changed',
    });
  });

  it('waits for the lock as all operations do, and a cancelled one touches nothing', async () => {
    await worker.kill();
    const before = startsOf(1).length;
    const { id } = await rig.launch(second('restart-process'));
    await expect(rig.launch(second('stop-process'))).rejects.toMatchObject({ code: 'locked' });
    await operations.requestCancel(rig.db, id, 'tester');
    worker = rig.startWorker();
    expect(await rig.ended(id)).toMatchObject({ state: 'cancelled' });
    expect((await operationHosts.ofOperation(rig.db, id)).map(({ state }) => state)).toEqual(['untouched']);
    expect(startsOf(1).length).toBe(before);
    const again = await rig.run({ ...second('restart-process'), idempotencyKey: 'a-key' });
    expect((await rig.launch({ ...second('restart-process'), idempotencyKey: 'a-key' })).id).toBe(again.id);
    const other = { kind: 'restart-process' as const, process: name(0), idempotencyKey: 'a-key' };
    await expect(rig.launch(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('survives kill -9 of the worker with at most one start for each operation', async () => {
    const shown: [string, number, boolean][] = [];
    for (const [kind, point] of [
      ['restart-process', 'restart@h1#1:done'],
      ['stop-process', 'stop@h1#1:done'],
      ['start-process', 'start@h1#1:done'],
    ] as const) {
      const [first, before] = [startsOf(0).length, startsOf(1).length];
      ({ worker } = await killedAt(rig, worker, point, second(kind)));
      expect(startsOf(0).length).toBe(first);
      shown.push([kind, startsOf(1).length - before, await isUp(1)]);
      expect(await observed(rig, 0, 1)).toBe(kind === 'stop-process' ? 'out' : 'in');
    }
    expect(shown).toEqual([
      ['restart-process', 1, true],
      ['stop-process', 0, false],
      ['start-process', 1, true],
    ]);
  });
});
