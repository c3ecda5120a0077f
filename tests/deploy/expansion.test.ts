import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import * as arrivals from '../../src/store/arrivals.ts';
import * as expansionRanges from '../../src/store/expansion-ranges.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { Rig } from '../lab/rig.ts';
import { Newcomer } from './newcomer.ts';
import { build, expectOver, expectReadable, story } from './story.ts';

let rig: Rig;
let newcomer: Newcomer;
let good: string;

const settings = { build: build('echo built > artifact'), startSeconds: 0 };
const nothing = { link: false, releases: [], file: false, programs: '' };
const otherKey = 'AAAAC3NzaC1lZDI1NTE5AAAAIGdlbmVyYXRlZC1mb3ItYS10ZXN0LW9ubHktMTIzNDU2Nzg5';

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  await rig.addProject('shop', settings);
  rig.startWorker({ CEDAR_EXPANSION_TRIES: '3', CEDAR_EXPANSION_EVERY_SECONDS: '0.2' });
  newcomer = await Newcomer.start(rig, 'n1');
});

/** It must fail, say why, and leave neither rows nor traces. */
async function failsCleanly(more: Parameters<Newcomer['expand']>[0], code: string) {
  const before = await newcomer.rows();
  const { id } = await newcomer.expand(more);
  const operation = await newcomer.over({ id }, 'failed');
  expect(operation.failure?.code, JSON.stringify(operation.failure)).toBe(code);
  expectReadable(operation.failure!);
  await expectOver(rig, operation);
  expect((await newcomer.rows()).hosts.map(({ id }) => id)).toEqual(before.hosts.map(({ id }) => id));
  expect((await newcomer.rows()).placements).toBe(0);
  expect(await newcomer.traces()).toEqual(nothing);
  return operation;
}

describe('an expansion', () => {
  it('is refused while there is no good release', async () => {
    await expect(newcomer.expand()).rejects.toMatchObject({ code: 'no_good_release' });
    good = (await rig.run({ kind: 'deploy' })).releaseId!;
    rig.repository.commit('v2', {});
  });

  it('brings a machine in on the last good release, however often and by how many it is asked for', async () => {
    const asked = await Promise.all([1, 2, 3, 4, 5].map(() => newcomer.expand({ reason: 'more guests' })));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    const operation = await newcomer.over(asked[0]!, 'succeeded');
    expect(operation).toMatchObject({ kind: 'expansion', releaseId: good, reason: 'more guests' });
    expect(await rig.version(newcomer.machine)).toBe('v1');
    expect(rig.current(newcomer.machine)).toBe(good);
    const { hosts, placements } = await newcomer.rows();
    expect(hosts).toMatchObject([
      { name: 'n1', hostKey: newcomer.machine.hostKey, hostKeyPinnedBy: 'tester' },
    ]);
    expect(placements).toBe(1);
    expect((await newcomer.expand({ name: null, hostKey: null })).id).toBe(operation.id);
    expect(rig.starts(newcomer.machine)).toHaveLength(1);
  });

  it('of a host that a person placed and deployed to says that there is nothing to do', async () => {
    const [host] = rig.fleet;
    const operation = await newcomer.expand({ address: host!.address, idempotencyKey: 'there' });
    expect(operation).toMatchObject({ state: 'succeeded', releaseId: good });
    expect((await newcomer.expand({ address: host!.address, idempotencyKey: 'there' })).id).toBe(
      operation.id,
    );
    await expect(newcomer.expand({ idempotencyKey: 'there' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(rig.starts(host!)).toHaveLength(1);
  });

  it('is taken back by a reduction, which is the same when it is asked for again', async () => {
    await rig.change({ scaling: { floor: 2, ceiling: 2 } });
    await expect(newcomer.leaves()).rejects.toMatchObject({ code: 'scaling_floor' });
    await rig.change({ scaling: { floor: 1, ceiling: 1 } });
    const operation = await newcomer.leaves();
    expect(operation.kind).toBe('reduction');
    expect(await newcomer.rows()).toMatchObject({ hosts: [{ name: 'n1' }], placements: 0 });
    expect(await newcomer.traces()).toEqual(nothing);
    await expect(rig.version(newcomer.machine)).rejects.toThrow();
    expect((await newcomer.leaves()).id).toBe(operation.id);
    await expect(newcomer.expand()).rejects.toMatchObject({ code: 'scaling_ceiling' });
    await rig.change({ scaling: { floor: 1, ceiling: 9 } });
    await expect(newcomer.leaves({ host: 'nobody' })).rejects.toMatchObject({ code: 'host_not_placed' });
  });

  it('takes a host whose key is pinned by that key alone', async () => {
    const [host] = (await newcomer.rows()).hosts;
    await hosts.pin(rig.db, host!.id, { key: otherKey, fingerprint: 'SHA256:other', by: 'amy' });
    await failsCleanly({}, 'arrival_key_changed');
    await newcomer.forget();
  });
});

describe('a machine that nobody knows', () => {
  beforeEach(() => newcomer.forget());

  it('is turned away where it shows another key than the one given', async () => {
    await failsCleanly({ hostKey: otherKey }, 'arrival_key_other');
    await expect(newcomer.expand({ hostKey: 'rubbish' })).rejects.toMatchObject({ code: 'host_key_text' });
    for (const address of ['a;b', '127.1', '', '../x'])
      await expect(newcomer.expand({ address })).rejects.toMatchObject({ code: 'address' });
    const one = await hosts.byName(rig.db, 'h1');
    await expect(newcomer.expand({ name: one!.name })).rejects.toMatchObject({ code: 'host_name_taken' });
  });

  it('waits for an admin where nobody vouches for its key, and comes in afterwards by the name it tells', async () => {
    await failsCleanly({ hostKey: null }, 'arrival_key_waiting');
    const [waiting] = await arrivals.waiting(rig.db);
    expect(waiting).toMatchObject({ address: newcomer.machine.address, projectKey: 'test_shop' });
    expect(await arrivals.accept(rig.db, waiting!.hostId, 'SHA256:another', 'amy')).toBe(false);
    await failsCleanly({ hostKey: null }, 'arrival_key_waiting');
    expect(await arrivals.accept(rig.db, waiting!.hostId, waiting!.fingerprint, 'amy')).toBe(true);
    await newcomer.joins({ hostKey: null, name: null });
    const [host] = (await newcomer.rows()).hosts;
    expect(host).toMatchObject({ id: waiting!.hostId, hostKey: newcomer.machine.hostKey });
    expect(await arrivals.waiting(rig.db)).toEqual([]);
  });

  it('comes in at first sight from a range that an admin listed', async () => {
    await expansionRanges.replace(rig.db, 'test', ['127.0.0.0/8'], 'amy');
    const { id } = await newcomer.joins({ hostKey: null });
    expect(await rig.logOf(id)).toContain('accepted when first seen, inside a range of test');
    await expansionRanges.replace(rig.db, 'test', ['10.0.0.0/8'], 'amy');
  });

  it('is waited for until its ssh answers, but not for ever', async () => {
    const { sshd } = newcomer.machine;
    await newcomer.machine.stopSshd();
    await failsCleanly({}, 'arrival_no_ssh');
    const { id } = await newcomer.expand();
    await until('one attempt is over', async () => (await rig.logOf(id)).includes('attempt 1'), 10_000, 5);
    await sshd.start();
    await newcomer.over({ id }, 'succeeded');
  });

  it('is left as it was where the project does not come up there', async () => {
    const env = newcomer.wish().env!.filter(({ name }) => name !== 'LEDGER');
    const operation = await failsCleanly({ env }, 'port_closed');
    expect(await rig.timeline(operation.id)).toContain('undo-unconfigure');
    expect(await rig.db('host_releases').where({ host_id: operation.snapshot.hosts[0]!.hostId })).toEqual([]);
    expect((await rig.db('releases').where({ id: good }).first('bad_at')).bad_at).toBeNull();
  });

  it('is left as it was where its name is taken at the last moment', async () => {
    const { id } = await newcomer.expand();
    const thief = { name: 'n1', address: '10.9.9.9', settings: {}, notes: null };
    const { id: thiefId } = await hosts.add(rig.db, thief);
    const operation = await newcomer.over({ id }, 'failed');
    expect(operation.failure?.code).toBe('host_taken');
    expect(await newcomer.rows()).toEqual({ hosts: [], placements: 0 });
    expect(await newcomer.traces()).toEqual(nothing);
    await hosts.remove(rig.db, thiefId);
  });

  it('is not taken over where it has a folder that is not ours', async () => {
    const folder = join(newcomer.machine.hostPath, rig.project.key);
    mkdirSync(folder);
    const { id } = await newcomer.expand();
    expect((await newcomer.over({ id }, 'failed')).failure?.code).toBe('arrival_not_empty');
    rmSync(folder, { recursive: true });
  });

  it('comes into two projects at once as one host', async () => {
    const till = await story(rig, 'till', settings);
    await till.run({ kind: 'deploy' });
    const other = newcomer.of(till);
    const both = await Promise.all([newcomer.expand(), other.expand()]);
    for (const { id } of both) await newcomer.over({ id }, 'succeeded');
    const [host, ...more] = (await newcomer.rows()).hosts;
    expect(more).toEqual([]);
    expect(await placements.ofHost(rig.db, host!.id)).toHaveLength(2);
    await other.leaves({ via: 'web' });
  });
});
