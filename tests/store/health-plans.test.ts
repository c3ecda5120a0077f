import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import * as openAlarms from '../../src/store/alarms.ts';
import { alarmPulses, fleetPrint, flipsSince } from '../../src/store/bulletins.ts';
import { fleetCounts } from '../../src/store/fleet-counts.ts';
import { hostFlips } from '../../src/store/host-standing.ts';
import { openedSince } from '../../src/store/recent-alarms.ts';
import { operationsSince } from '../../src/store/recent-operations.ts';
import { pastOf, pastOfHost } from '../../src/store/uptimes.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { plansOf } from '../lab/plans.ts';

const DAY = 86_400_000;
const AT = Date.parse('2026-11-01T00:00:00Z');
/** What grows with time. The rest of the fleet's tables may be read as a whole. */
const growing = ['flips', 'f', 'alarms', 'operations', 'fleet_counts'];

eachDatabase((kind) =>
  describe(`the plans of health on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const ids = Array.from({ length: 40 }, (_, n) => ulid(n));
    const flips = Array.from({ length: 4000 }, (_, n) => ({
      ...{
        id: ulid(AT - n * 60_000),
        at: AT - n * 60_000,
        host_id: ids[n % 20]!,
        placement_id: ids[n % 40]!,
      },
      ...{ process_name: n % 2 ? 'p' : null, from_state: 'running', to_state: 'failed' },
    }));
    const alarms = Array.from({ length: 1000 }, (_, n) => ({
      ...{
        id: ulid(AT - n * 600_000),
        alarm_key: `k${n}`,
        open_key: n < 5 ? `k${n}` : null,
        kind: 'service',
      },
      ...{
        places: '[]',
        state: 'failed',
        bad_since: AT,
        opened_at: AT - n * 600_000,
        ended_at: n < 5 ? null : AT,
      },
    }));
    const counts = Array.from({ length: 1000 }, (_, n) => ({
      ...{ at: AT - n * 1_800_000, group_id: ids[0]!, state: 'running', services: 1 },
    }));
    for (const [table, rows] of Object.entries({ flips, alarms, fleet_counts: counts }))
      for (let begin = 0; begin < rows.length; begin += 90)
        await db(table).insert(rows.slice(begin, begin + 90) as object[]);
    await db('host_states').insert({ host_id: ids[0]!, reachable: 'yes', supervisor: 'rpc', checked_at: AT });
    if (kind === 'mariadb') await db.raw('ANALYZE TABLE flips, alarms, fleet_counts');

    test.each<[string, () => Promise<unknown>]>([
      ['a look of the streams', () => fleetPrint(db, AT)],
      ['open alarms, for streams', () => alarmPulses(db)],
      ['open alarms', () => openAlarms.open(db)],
      ['what changed between two looks', () => flipsSince(db, AT)],
      ['bars of placements', () => pastOf(db, ids.slice(0, 3), AT - DAY)],
      ['bars of a machine', () => pastOfHost(db, ids[0]!, AT - DAY)],
      [
        'changes on a machine',
        () => hostFlips(db, ids[0]!, { groupIds: undefined, before: null, limit: 51 }),
      ],
      ['alarms of two days', () => openedSince(db, AT - 2 * DAY)],
      ['operations of a project', () => operationsSince(db, ids[0]!, AT - DAY)],
      [
        'the fleet of a day',
        () => fleetCounts(db, { from: AT - DAY, everyMs: 1_800_000, groupIds: undefined }),
      ],
    ])('%s: by an index', async (_, ask) => {
      const plans = await plansOf(db, ask);
      expect(plans.length).toBeGreaterThan(0);
      expect(plans.filter(({ whole, table }) => whole && growing.includes(table))).toEqual([]);
    });
  }),
);
