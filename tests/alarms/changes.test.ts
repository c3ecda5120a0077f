import { describe, expect, test } from 'vitest';
import type { SeenHost } from '../../src/model/look.ts';
import * as alarms from '../../src/store/alarms.ts';
import * as placements from '../../src/store/placements.ts';
import { eachDatabase } from '../lab/database.ts';
import { Fleet } from './fleet.ts';

const away: SeenHost = { reachable: 'no', supervisor: 'unknown', message: 'timeout' };

eachDatabase((kind) =>
  describe(`what changes of open alarms, on ${kind}`, () => {
    test('a machine that gets one more service tells of it; the other keeps its own', async () => {
      const fleet = await Fleet.of(kind, { hosts: 3, projects: 6 });
      const [one = '', two = '', three = ''] = fleet.hostIds;
      const down = { [one]: away, [two]: away };
      await fleet.look('running');
      await fleet.look('unreachable', {}, down, 2);
      await fleet.pass();
      const [projectId = ''] = fleet.projectIds.filter((_, n) => n % 3 === 2);
      const before = await ofHosts(fleet, [one, two]);
      expect(before.map(({ services }) => services)).toEqual([2, 2]);

      const draft = { projectId, hostId: one, processes: 1, env: [] };
      fleet.services.set((await placements.add(fleet.db, draft)).id, one);
      await fleet.look('unreachable', {}, { ...down, [three]: away });
      await fleet.pass();
      const after = await ofHosts(fleet, [one, two]);
      expect(after.map(({ services, places }) => [services, places.length])).toEqual([
        [3, 3],
        [2, 2],
      ]);
      expect(after[0]?.places.map((place) => place.projectId)).toContain(projectId);
      expect(after[1]?.places).toEqual(before[1]?.places);
      expect(after.map(({ message }) => message)).toEqual(['timeout', 'timeout']);
    });
  }),
);

async function ofHosts(fleet: Fleet, hostIds: string[]) {
  const open = await alarms.open(fleet.db);
  return hostIds.map((hostId) => open.find((alarm) => alarm.kind === 'host' && alarm.hostId === hostId)!);
}
