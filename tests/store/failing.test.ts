import { beforeAll, describe, expect, test } from 'vitest';
import { readClock } from '../../src/store/clock.ts';
import { counts } from '../../src/store/drifts.ts';
import { failing } from '../../src/store/failing.ts';
import { troubledHosts } from '../../src/store/host-facts.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { fleetOf } from '../lab/filled/fleet.ts';
import { inventory } from '../lab/filled/inventory.ts';
import { plansOf } from '../lab/plans.ts';

const HOUR = 3_600_000;
const filling = {
  ...{ projects: 60, operations: 0, groups: 6, until: Date.now() },
  fleet: { hosts: 50, perProject: 10 },
};

eachDatabase((kind) =>
  describe(`what fails, on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const { groupIds, projects } = await inventory(db, filling);
    await fleetOf(db, filling, projects);
    const ids: string[] = await db('placement_states').orderBy('placement_id').pluck('placement_id');
    const set = (n: number, row: Record<string, unknown>) =>
      db('placement_states').where({ placement_id: ids[n] }).update(row);
    const found = async (groups?: string[], limit?: number) =>
      (await failing(db, HOUR, groups, limit)).map(({ placementId, state }) => [
        ids.indexOf(placementId),
        state,
      ]);

    beforeAll(async () => {
      const at = await readClock(db);
      await db('placement_states').update({ state: 'running', since: at, checked_at: at });
      await set(500, { state: 'failed', since: at - 5000 });
      await set(3, { state: 'unreachable', since: at - 4000 });
      await set(40, { state: 'no-supervisor', since: at - 6000 });
      await set(7, { since: at - 9000, checked_at: at - 2 * HOUR });
      await set(8, { since: at - 8000, checked_at: at + 2 * HOUR });
      await set(9, { state: 'failed', since: at - 7000, checked_at: at - 2 * HOUR });
      await set(10, { state: 'stopped', since: at - 7000 });
      if (kind === 'mariadb') await db.raw('ANALYZE TABLE placement_states, placements, projects, hosts');
    });

    test('is told once each, the longest first; what nobody looked at lately is unknown', async () => {
      expect(await found()).toEqual([
        ...[
          [7, 'unknown'],
          [8, 'unknown'],
          [9, 'unknown'],
        ],
        ...[
          [40, 'no-supervisor'],
          [500, 'failed'],
          [3, 'unreachable'],
        ],
      ]);
      expect(await found(undefined, 4)).toEqual((await found()).slice(0, 4));
    });

    test('is told of some groups alone', async () => {
      const owner = async (n: number): Promise<string> => {
        const row = await db('placements as p')
          .join('projects as j', 'j.id', 'p.project_id')
          .where('p.id', ids[n])
          .first('j.group_id');
        return row.group_id;
      };
      for (const groups of [[await owner(500)], [await owner(3)], groupIds, []]) {
        const mine = [];
        for (const row of await found()) if (groups.includes(await owner(Number(row[0])))) mine.push(row);
        expect(await found(groups)).toEqual(mine);
      }
      expect(await found([await owner(500)])).toContainEqual([500, 'failed']);
      expect(await found([await owner(500)])).not.toContainEqual([3, 'unreachable']);
    });

    test('is not told of one that is well again before it is named', async () => {
      const recovering = new Proxy(db, {
        get(target, key) {
          if (key !== 'union') return Reflect.get(target, key);
          const union = target.union.bind(target) as (...all: unknown[]) => Promise<unknown>;
          return async (...args: unknown[]) => {
            const longest = await union(...args);
            await set(500, { state: 'running' });
            return longest;
          };
        },
      });
      const told = (await failing(recovering, HOUR)).map(({ placementId }) => ids.indexOf(placementId));
      await set(500, { state: 'failed' });
      expect(told).toEqual([7, 8, 9, 40, 3]);
    });

    test.each<[string, () => Promise<unknown>]>([
      ['all', () => failing(db, HOUR)],
      ['of groups', () => failing(db, HOUR, groupIds.slice(0, 2))],
      ['how much is known', () => counts(db, HOUR, {})],
      ['machines in trouble', () => troubledHosts(db, HOUR, {})],
    ])('%s: without going through all placements', async (_, ask) => {
      const plans = await plansOf(db, ask);
      expect(plans.length).toBeGreaterThan(0);
      const large = ['s', 'l', 'm', 'host_facts'];
      const whole = plans.filter((one) => one.whole && large.includes(one.table));
      expect(whole).toEqual([]);
    });
  }),
);
