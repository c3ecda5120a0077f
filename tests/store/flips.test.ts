import { describe, expect, test } from 'vitest';
import type { Look, SeenPlacement } from '../../src/model/look.ts';
import { flipsOf, forgetFlips } from '../../src/store/flips.ts';
import { record } from '../../src/store/looks.ts';
import * as placements from '../../src/store/placements.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from './inventory.ts';

const MINUTE = 60_000;

eachDatabase((kind) =>
  describe(`flips on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const { groupId } = await ground(db);
    const host = await addHost(db, 'alpha', '10.0.0.1');
    const project = await addProject(db, groupId, { name: 'shop' });
    const { id } = await placements.add(db, {
      ...{ projectId: project.id, hostId: host.id, processes: 1, env: [] },
    });
    const look = (state: SeenPlacement['state'], over: Partial<Look['host']> = {}): Look => ({
      hostId: host.id,
      host: { reachable: 'yes', supervisor: 'rpc', message: null, ...over },
      placements: [
        {
          ...{ placementId: id, state, since: null, release: null, message: null },
          processes: [{ name: 'test_shop:a', state, pid: 5, since: null, message: null }],
        },
      ],
    });
    const told = async () =>
      (await flipsOf(db, { placementId: id, from: 0 }))
        .sort((a, b) => a.at - b.at || (a.processName ?? '').localeCompare(b.processName ?? ''))
        .map((flip) => [flip.processName, flip.from, flip.to]);

    test('the first look writes none, nor does one that finds nothing new', async () => {
      await record(db, [look('running')], MINUTE);
      await record(db, [look('running')], MINUTE);
      expect(await told()).toEqual([]);
      expect(await flipsOf(db, { hostId: host.id, from: 0 })).toEqual([]);
    });

    test('a change is a row for the placement and one for its process', async () => {
      await record(db, [look('failed')], MINUTE);
      expect(await told()).toEqual([
        [null, 'running', 'failed'],
        ['test_shop:a', 'running', 'failed'],
      ]);
      await record(db, [look('failed')], MINUTE);
      const row = await db('placement_states').where({ placement_id: id }).first('bad_looks');
      expect(Number(row.bad_looks)).toBe(2);
    });

    test('names the operation that is at work there', async () => {
      const operationId = '01K00000000000000000000001';
      await db('locks').insert({ project_id: project.id, operation_id: operationId, fence: 1 });
      const place = {
        operation_id: operationId,
        host_id: host.id,
        host_name: 'alpha',
        position: 0,
        state: 'waiting',
      };
      await db('operation_hosts').insert(place);
      await record(db, [look('running')], MINUTE);
      const last = (await flipsOf(db, { placementId: id, from: 0 })).at(-1);
      expect(last).toMatchObject({ to: 'running', operationId });
    });

    test('a machine has its own, apart from what is placed on it', async () => {
      await record(
        db,
        [look('unreachable', { reachable: 'no', supervisor: 'unknown', message: 'ssh_refused' })],
        MINUTE,
      );
      const [flip, ...more] = await flipsOf(db, { hostId: host.id, from: 0 });
      expect(more).toEqual([]);
      expect(flip).toMatchObject({ from: 'reachable', to: 'unreachable', message: 'ssh_refused' });
    });

    test('a time without looks is unknown between two rows', async () => {
      await forgetFlips(db, Date.now() + MINUTE);
      for (const table of ['host_states', 'placement_states'])
        await db(table).decrement('checked_at', 10 * MINUTE);
      await record(db, [look('running')], MINUTE);
      expect(await told()).toEqual([
        [null, 'unreachable', 'unknown'],
        ['test_shop:a', 'unreachable', 'unknown'],
        [null, 'unknown', 'running'],
        ['test_shop:a', 'unknown', 'running'],
      ]);
    });

    test('old ones are forgotten', async () => {
      await forgetFlips(db, Date.now() + MINUTE);
      expect(await told()).toEqual([]);
    });
  }),
);
