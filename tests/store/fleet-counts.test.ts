import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { defaultProjectSettings } from '../../src/model/project.ts';
import * as environments from '../../src/store/environments.ts';
import { COUNTED_MS, countFleet, fleetCounts, KEPT_MS } from '../../src/store/fleet-counts.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { recordPlacements } from '../lab/looks.ts';

const HOUR = 3_600_000;

eachDatabase((kind) =>
  describe(`the fleet over time on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    await environments.add(db, { name: 'test', production: false, position: 1, settings: {} });
    const host = await hosts.add(db, { name: 'web1', address: '192.0.2.1', settings: {}, notes: null });
    const groupIds: string[] = [];
    for (const name of ['one', 'two']) {
      const groupId = ulid();
      groupIds.push(groupId);
      await groups.add(db, { id: groupId, name, notes: null });
      const project = await projects.add(db, {
        ...{ environment: 'test', name, groupId, type: 'nodejs', port: 4000 + groupIds.length * 100 },
        ...{ gitUrl: 'https://git.example.com/x.git', branch: 'main', settings: defaultProjectSettings },
        ...{ template: null, env: [], notes: null },
      });
      await placements.add(db, { projectId: project.id, hostId: host.id, processes: 1, env: [] });
      const [placement] = await placements.ofProject(db, project.id);
      const one = { since: null, release: null, message: null, processes: [] };
      if (name === 'one')
        await recordPlacements(db, [{ placementId: placement!.id, state: 'failed', ...one }]);
    }
    const counted = (only?: string[]) => fleetCounts(db, { from: 0, everyMs: COUNTED_MS, groupIds: only });

    test('is counted once in half an hour, however many ask', async () => {
      const asked = await Promise.all([1, 2, 3].map(() => countFleet(db, HOUR)));
      expect(asked).toContain(true);
      expect(await countFleet(db, HOUR)).toBe(false);
      expect((await counted()).map(({ state, services }) => [state, services]).sort()).toEqual([
        ['failed', 1],
        ['unknown', 1],
      ]);
    });

    test('tells of the groups asked for alone', async () => {
      expect((await counted([groupIds[0]!])).map(({ state }) => state)).toEqual(['failed']);
      expect(await counted([])).toEqual([]);
    });

    test('keeps every sixth hour for a month and the rest for two days', async () => {
      const now = Math.floor(Date.now() / KEPT_MS) * KEPT_MS;
      const old = [now - 3 * 24 * HOUR, now - 3 * 24 * HOUR + COUNTED_MS, now - 40 * 24 * HOUR];
      const row = { group_id: groupIds[0]!, state: 'running', services: 1 };
      await db('fleet_counts').delete();
      await db('fleet_counts').insert(old.map((at) => ({ at, ...row })));
      await countFleet(db, HOUR);
      expect((await counted()).filter(({ state }) => state === 'running').map(({ at }) => at)).toEqual([
        old[0],
      ]);
      expect(await fleetCounts(db, { from: 0, everyMs: KEPT_MS, groupIds: undefined })).toContainEqual({
        ...{ at: old[0], state: 'running', services: 1 },
      });
    });
  }),
);
