import { beforeEach, describe, expect, test } from 'vitest';
import { readClock } from '../../src/store/clock.ts';
import { counts, drifts } from '../../src/store/drifts.ts';
import { claim, due } from '../../src/store/fact-claims.ts';
import { record } from '../../src/store/fact-records.ts';
import { troubledHosts, unknownHosts } from '../../src/store/host-facts.ts';
import { eachDatabase } from '../lab/database.ts';
import { drifted } from '../lab/drifting.ts';
import { Fleet } from './fleet.ts';
import { jump } from './jump.ts';

const HOUR = 3_600_000;
const EVERY = 300_000;
const STALE = 3 * EVERY;

eachDatabase((kind) =>
  describe(`the clock of ${kind} is set back by an hour since facts were gathered`, async () => {
    const fleet = await Fleet.of(kind, { hosts: 2, projects: 2 });
    const { db, hostIds } = fleet;
    const [host = '', other = ''] = hostIds;

    /** Claims and writes the facts of the first machine: its disk is full, and its service runs another release. */
    async function gather(): Promise<void> {
      expect(await claim(db, host, EVERY)).toBe(true);
      const begunAt = await readClock(db);
      const disk = { path: '/srv', mount: '/', free: 1, used: 99, percent: 99 };
      const found = { clockMs: 0, disks: [disk] };
      await record(db, { hostId: host, begunAt, host: found, placements: [], message: null });
      await drifted(db, fleet.serviceIds[0]!, 'RELEASE', { checkedAt: begunAt });
    }

    /** Whether what drifted, and the machine with the full disk, are told as too old to be believed. */
    async function stale() {
      const rows = [...(await drifts(db, STALE, {})), ...(await troubledHosts(db, STALE, {}))];
      expect(rows).toHaveLength(4);
      return [...new Set(rows.map((row) => row.stale))];
    }

    beforeEach(async () => {
      for (const table of ['host_facts', 'placement_facts', 'drifts', 'alarms']) await db(table).delete();
      await gather();
    });

    test('they are unknown, not as they were for an hour', async () => {
      expect(await stale()).toEqual([false]);
      expect(await counts(db, STALE, {})).toMatchObject({ all: 2, known: 1 });
      expect((await unknownHosts(db, STALE, {})).map(({ hostId }) => hostId)).toEqual([other]);
      await jump(db, -HOUR);
      expect(await stale()).toEqual([true]);
      expect(await counts(db, STALE, {})).toMatchObject({ all: 2, known: 0 });
      const unknown = (await unknownHosts(db, STALE, {})).map(({ hostId }) => hostId);
      expect(unknown.sort()).toEqual([...hostIds].sort());
    });

    test('a disk that was full then is no alarm, and ends none', async () => {
      await jump(db, -HOUR);
      await fleet.look('running');
      expect(await fleet.pass()).toMatchObject({ opened: 0 });
      await gather();
      expect(await fleet.pass()).toMatchObject({ opened: 1 });
      await db('host_facts').update({ disk_percent: 10 });
      await jump(db, -HOUR);
      await fleet.look('running');
      expect(await fleet.pass()).toMatchObject({ ended: 0, open: 1 });
    });

    test('they are gathered with the next pass, once', async () => {
      expect(await due(db, EVERY), 'the other never was').toEqual([other]);
      await jump(db, -HOUR);
      expect((await due(db, EVERY)).sort()).toEqual([...hostIds].sort());
      await gather();
      expect(await due(db, EVERY)).toEqual([other]);
      expect(await claim(db, host, EVERY), 'ours for this interval').toBe(false);
      expect(await stale()).toEqual([false]);
    });
  }),
);
