import { describe, expect, test } from 'vitest';
import { readClock } from '../../src/store/clock.ts';
import { failing } from '../../src/store/failing.ts';
import { overview } from '../../src/store/health-overview.ts';
import { hostStates } from '../../src/store/host-states.ts';
import { claimLooks } from '../../src/store/look-claims.ts';
import { placementStates } from '../../src/store/states.ts';
import { eachDatabase } from '../lab/database.ts';
import { Fleet } from './fleet.ts';
import { jump } from './jump.ts';

const HOUR = 3_600_000;
const STALE = 90_000;

eachDatabase((kind) =>
  describe(`the clock of ${kind} is set back by an hour`, async () => {
    const fleet = await Fleet.of(kind, { hosts: 2, projects: 2 });
    const [sick = '', well = ''] = fleet.serviceIds;

    test('what was seen before is unknown, not green for an hour; and every page still answers', async () => {
      await fleet.look('running');
      await jump(fleet.db, -HOUR);
      const states = await placementStates(fleet.db, [sick, well], STALE);
      expect([...states.values()].map(({ state }) => state)).toEqual(['unknown', 'unknown']);
      const machines = [...(await hostStates(fleet.db, STALE)).values()];
      expect(machines.map(({ reachable }) => reachable)).toEqual(['unknown', 'unknown']);
      expect((await failing(fleet.db, STALE)).map(({ state }) => state)).toEqual(['unknown', 'unknown']);
      const rows = await overview(fleet.db, STALE, { limit: 10 });
      expect(rows.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    });

    test('machines are looked at with the next pass, not an hour later', async () => {
      expect((await claimLooks(fleet.db, fleet.hostIds, 30_000)).size).toBe(2);
      expect((await claimLooks(fleet.db, fleet.hostIds, 30_000)).size, 'ours for this interval').toBe(0);
      await jump(fleet.db, -HOUR);
      expect((await claimLooks(fleet.db, fleet.hostIds, 30_000)).size).toBe(2);
    });

    test('the next look makes it known, and dates nothing into the future', async () => {
      await fleet.look('running');
      const state = (await placementStates(fleet.db, [well], STALE)).get(well);
      const at = await readClock(fleet.db);
      expect(state?.state).toBe('running');
      expect(state?.since ?? 0).toBeLessThanOrEqual(at);
    });

    test('an alarm is told at once, though the one before was told "in an hour"', async () => {
      await fleet.look('running', { [sick]: 'failed' }, {}, 2);
      expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
      await jump(fleet.db, -HOUR);
      await fleet.look('running', { [sick]: 'failed', [well]: 'failed' }, {}, 2);
      expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1, open: 2 });
      await jump(fleet.db, -HOUR);
      await fleet.look('running');
      expect(await fleet.pass()).toMatchObject({ ended: 2, messages: 1, open: 0 });
    });
  }),
);

test.each([HOUR, -HOUR])(
  'a clock set by %d ms is no alarm about nobody looking, where the next look comes',
  async (byMs) => {
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 1 });
    await fleet.look('running');
    await fleet.pass();
    await jump(fleet.db, byMs);
    expect(await fleet.pass()).toMatchObject({ opened: 0 });
    await fleet.look('running');
    expect(await fleet.pass()).toMatchObject({ opened: 0 });
    // and where it does not come, it is
    await fleet.quiet(HOUR);
    expect(await fleet.pass()).toMatchObject({ opened: 0 });
    await fleet.doubted(60_000);
    expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
  },
);
