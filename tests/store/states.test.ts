import { describe, expect, test } from 'vitest';
import type { SeenPlacement } from '../../src/model/look.ts';
import type { Db } from '../../src/store/database.ts';
import { hostStates } from '../../src/store/host-states.ts';
import { claimLooks } from '../../src/store/look-claims.ts';
import * as placements from '../../src/store/placements.ts';
import { placementStates } from '../../src/store/states.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { recordHost, recordPlacements } from '../lab/looks.ts';
import { addHost, addProject, ground } from './inventory.ts';

const MINUTE = 60_000;

eachDatabase((kind) =>
  describe(`states on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const { groupId } = await ground(db);
    const host = await addHost(db, 'alpha', '10.0.0.1');
    const project = await addProject(db, groupId, { name: 'shop' });
    const draft = { projectId: project.id, hostId: host.id, processes: 2, env: [] };
    const { id } = await placements.add(db, draft);
    const seen: SeenPlacement = {
      placementId: id,
      state: 'running',
      since: 1000,
      release: 'test-1',
      message: null,
      processes: [
        { name: 'test_shop:a', state: 'running', pid: 5, since: 1000, message: null },
        { name: 'test_shop:b', state: 'running', pid: 6, since: 900, message: null },
      ],
    };
    const read = async (staleMs = MINUTE) => (await placementStates(db, [id], staleMs)).get(id);

    test('a placement never seen is unknown', async () => {
      const never = {
        state: 'unknown',
        since: null,
        release: null,
        message: null,
        checkedAt: null,
        processes: [],
      };
      expect(await read()).toEqual(never);
      expect(await placementStates(db, [], MINUTE)).toEqual(new Map());
    });

    test('a machine with a thousand processes is recorded like any other', async () => {
      const processes = Array.from({ length: 1000 }, (_, number) => ({
        ...{ name: `test_shop:n${String(number).padStart(4, '0')}`, state: 'running' as const },
        ...{ pid: number + 1, since: 1000, message: null },
      }));
      await recordPlacements(db, [{ ...seen, processes }]);
      expect((await read())?.processes).toEqual(processes);
      await db('placement_states').delete();
      await db('process_states').delete();
    });

    test('what was seen is read back, and processes that are gone are forgotten', async () => {
      await recordPlacements(db, [seen]);
      const before = await read();
      expect(before).toMatchObject({
        state: 'running',
        since: 1000,
        release: 'test-1',
        processes: seen.processes,
      });
      expect(Math.abs((before?.checkedAt ?? 0) - Date.now())).toBeLessThan(MINUTE);
      await recordPlacements(db, [{ ...seen, processes: seen.processes.slice(1) }]);
      expect((await read())?.processes.map(({ name }) => name)).toEqual(['test_shop:b']);
    });

    test('a state without a date of its own begins when it changes', async () => {
      const away = { ...seen, state: 'unreachable' as const, since: null, processes: [] };
      await recordPlacements(db, [away]);
      const first = await read();
      expect(first?.since).toBeGreaterThan(1000);
      await recordPlacements(db, [away]);
      expect((await read())?.since).toBe(first?.since);
    });

    test('a state that is too old is unknown, with its processes', async () => {
      await recordPlacements(db, [seen]);
      await age(db, 'placement_states', 2 * MINUTE);
      const stale = await read();
      expect(stale).toMatchObject({ state: 'unknown', release: 'test-1' });
      expect(stale?.since).toBe(stale?.checkedAt);
      expect(stale?.processes.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
      expect((await read(10 * MINUTE))?.state).toBe('running');
    });

    test('what was seen of a placement removed meanwhile is dropped', async () => {
      await recordPlacements(db, [{ ...seen, placementId: '0'.repeat(26) }, seen]);
      expect((await read())?.state).toBe('running');
    });

    test('a look is claimed once per interval, however many ask', async () => {
      const claims = await Promise.all(Array.from({ length: 8 }, () => claimLooks(db, [host.id], MINUTE)));
      expect(claims.filter((ours) => ours.has(host.id))).toHaveLength(1);
      await recordHost(db, host.id, { reachable: 'yes', supervisor: 'rpc', message: null });
      expect((await claimLooks(db, [host.id], MINUTE)).size).toBe(0);
      await db('host_states').decrement('next_at', MINUTE);
      expect((await claimLooks(db, [host.id], MINUTE)).size).toBe(1);
    });

    test('a machine not looked at lately is unknown', async () => {
      expect((await hostStates(db, MINUTE)).get(host.id)).toMatchObject({
        reachable: 'yes',
        supervisor: 'rpc',
      });
      await age(db, 'host_states', 2 * MINUTE);
      expect((await hostStates(db, MINUTE)).get(host.id)).toMatchObject({
        reachable: 'unknown',
        supervisor: 'unknown',
      });
    });
  }),
);

async function age(db: Db, table: string, milliseconds: number): Promise<void> {
  await db(table).decrement('checked_at', milliseconds);
}
