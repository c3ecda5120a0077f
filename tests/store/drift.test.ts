import { ulid } from 'ulid';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PlacementFacts } from '../../src/model/drift.ts';
import { readClock } from '../../src/store/clock.ts';
import { counts, drifts } from '../../src/store/drifts.ts';
import { claim, due, findAgain } from '../../src/store/fact-claims.ts';
import { record } from '../../src/store/fact-records.ts';
import { troubledHosts, unknownHosts } from '../../src/store/host-facts.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { happened } from './hand-made.ts';
import { addHost, addProject, ground } from './inventory.ts';

const HOUR = 3_600_000;
const [first, second, third] = ['RELEASE1', 'RELEASE2', 'RELEASE3'];
const [written, other] = ['a'.repeat(64), 'b'.repeat(64)];

eachDatabase((kind) =>
  describe(`drift on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const { groupId } = await ground(db);
    const host = await addHost(db, 'alpha', '10.0.0.1');
    await hosts.pin(db, host.id, { key: 'K', fingerprint: 'SHA256:x', by: 'alice' });
    await addHost(db, 'empty', '10.0.0.2');
    const project = await addProject(db, groupId, { name: 'shop' });
    const draft = { projectId: project.id, hostId: host.id, processes: 1, env: [] };
    const { id: placementId } = await placements.add(db, draft);
    let at = Date.now() - HOUR;

    /** One more operation there, newer than those before. */
    async function operated(row: Record<string, unknown>, over: { kind?: string; ended?: null } = {}) {
      at += 1000;
      const id = await happened(db, { projectId: project.id, groupId, at, ended: at, ...over });
      const place = { operation_id: id, host_id: host.id, host_name: 'alpha', position: 0, state: 'done' };
      await db('operation_hosts').insert({ ...place, facts: '{}', ...row });
      return id;
    }
    const left = (release: string, state = 'done', wanted = written) =>
      operated({ release_after: release, state, facts: JSON.stringify({ wanted, configuration: null }) });

    async function seen(over: Partial<PlacementFacts> = {}, begunAt?: number) {
      const found: PlacementFacts = {
        ...{ placementId, link: 'ours', folder: second, releaseId: second, switchedAt: 1000 },
        ...{ configuration: written, processes: [{ name: 'shop:a', start: 1001 }], ...over },
      };
      const now = begunAt ?? (await readClock(db));
      const facts = { clockMs: 0, disks: [] };
      await record(db, { hostId: host.id, begunAt: now, host: facts, placements: [found], message: null });
      return (await drifts(db, HOUR, {})).map(({ what, detail }) => [what, detail.should ?? null]);
    }

    beforeEach(async () => {
      for (const table of ['operation_hosts', 'operations', 'drifts', 'placement_facts', 'host_facts'])
        await db(table).delete();
      await claim(db, host.id, HOUR);
      await left(first);
      await left(second);
    });

    test('each machine with something on it is due for one process at a time, and again after an operation', async () => {
      await db('host_facts').delete();
      expect(await due(db, HOUR)).toEqual([host.id]);
      const claims = await Promise.all([claim(db, host.id, HOUR), claim(db, host.id, HOUR)]);
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await due(db, HOUR)).toEqual([]);
      await seen({ releaseId: first });
      await findAgain(db, project.id, [host.id]);
      expect(await due(db, HOUR)).toEqual([host.id]);
      expect(await drifts(db, HOUR, {})).toEqual([]);
      expect(await counts(db, HOUR, {})).toEqual({ all: 1, known: 0, lastAt: null });
    });

    test('what should be is what the last success left there', async () => {
      expect(await seen()).toEqual([]);
      expect(await seen({ releaseId: first })).toEqual([['release', second]]);
      await left(third, 'failed');
      expect(await seen({ releaseId: third })).toEqual([['release', second]]);
      await operated({ state: 'done' }, { kind: 'restart' });
      await left(third, 'untouched');
      expect(await seen()).toEqual([]);
      await operated({}, { kind: 'reduction' });
      expect(await seen({ link: 'absent', releaseId: null, configuration: 'none' })).toEqual([]);
    });

    test('a file is edited where it is none of those that operations may have left', async () => {
      expect(await seen({ configuration: other })).toEqual([['configuration', null]]);
      expect(await seen({ configuration: null }), 'nobody could read it').toEqual([]);
      await left(second, 'failed', other);
      for (const configuration of [written, other, 'none']) expect(await seen({ configuration })).toEqual([]);
      await left(second, 'done', other);
      expect(await seen({ configuration: written })).toEqual([['configuration', null]]);
    });

    test('a process may be older than a link that was switched back, and than none else', async () => {
      const processes = [{ name: 'shop:a', start: 999 }];
      expect(await seen({ processes })).toEqual([['process', null]]);
      await left(second, 'rolled-back');
      expect(await seen({ processes })).toEqual([]);
      await operated({}, { kind: 'push-configuration' });
      expect(await seen({ processes })).toEqual([]);
      await operated({}, { kind: 'restart' });
      expect(await seen({ processes })).toEqual([['process', null]]);
    });

    test('while an operation is at work, or was since it was begun, nothing is judged', async () => {
      const begun = await readClock(db);
      const id = await operated({ release_after: third, state: 'active' }, { ended: null });
      expect(await seen({ releaseId: first })).toEqual([]);
      await db('operations')
        .where({ id })
        .update({ finished_at: begun + 1 });
      expect(await seen({ releaseId: first }, begun)).toEqual([]);
      expect(await seen({ releaseId: first }, begun + 2)).toEqual([['release', second]]);
    });

    test('what goes on keeps since when; what is old is unknown, and only whose it is is told', async () => {
      await seen({ releaseId: first });
      await db('drifts').update({ since: 5 });
      await seen({ releaseId: first, folder: first });
      const [row] = await drifts(db, HOUR, { groupIds: [groupId], search: 'alph', environment: 'test' });
      expect(row).toMatchObject({
        since: 5,
        stale: false,
        busy: false,
        hostName: 'alpha',
        production: false,
      });
      await db('placement_facts').decrement('checked_at', 2 * HOUR);
      expect((await drifts(db, HOUR, { placementId }))[0]).toMatchObject({ stale: true });
      expect(await counts(db, HOUR, {})).toMatchObject({ all: 1, known: 0 });
      for (const filter of [{ groupIds: [ulid()] }, { search: '%' }, { environment: 'online' }])
        expect(await drifts(db, HOUR, filter)).toEqual([]);
    });

    test('what was found before the clock was set back is dated no later than now', async () => {
      await seen({ releaseId: first });
      await db('drifts').update({ since: (await readClock(db)) + HOUR });
      await seen({ releaseId: first });
      const [row] = await drifts(db, HOUR, {});
      expect(row?.since).toBeLessThanOrEqual(await readClock(db));
    });

    test('a machine is told where it is short of space or its clock is off, and where nothing is known', async () => {
      await db('host_facts').delete();
      expect((await unknownHosts(db, HOUR, {})).map(({ hostName }) => hostName)).toEqual(['alpha']);
      await claim(db, host.id, HOUR);
      const disk = { path: '/srv', mount: '/', free: 1, used: 99, percent: 99 };
      const of = { hostId: host.id, begunAt: 0, placements: [], message: null };
      await record(db, { ...of, host: { clockMs: 0, disks: [disk] } });
      expect(await troubledHosts(db, HOUR, {})).toMatchObject([{ hostName: 'alpha', disks: [disk] }]);
      await record(db, { ...of, host: { clockMs: -6000, disks: [] } });
      expect(await troubledHosts(db, HOUR, {})).toMatchObject([{ clockMs: -6000, disks: [] }]);
      await record(db, { ...of, host: null, message: 'ssh_refused' });
      expect(await unknownHosts(db, HOUR, {})).toMatchObject([{ message: 'ssh_refused', stale: false }]);
    });
  }),
);
