import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { metricsOf } from '../../src/model/delivery-metrics.ts';
import { weeklyTable } from '../../src/model/weekly.ts';
import { behindNumber, deliverySums } from '../../src/store/delivery-numbers.ts';
import * as environments from '../../src/store/environments.ts';
import { judgeAll } from '../../src/store/judged-deploys.ts';
import { asked, listed } from '../../src/store/statistics.ts';
import { weekly } from '../../src/store/weekly-counts.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { type HandMade, happened, madeFrom } from './hand-made.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-02T00:00:00Z');
const starts = [0, 7, 14, 21, 28].map((day) => START + day * DAY);
const [SHOP, TILL, ALIEN, MINE, OTHERS] = Array.from({ length: 5 }, () => ulid()) as [
  ...[string, string, string, string, string],
];

eachDatabase((kind) =>
  describe(`statistics on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    await environments.add(db, { name: 'online', production: true, position: 1, settings: {} });
    await environments.add(db, { name: 'test', production: false, position: 2, settings: {} });
    const release = { one: ulid(), two: ulid(), three: ulid() };
    await madeFrom(db, release.one, SHOP, START - 4 * HOUR);
    await madeFrom(db, release.two, SHOP, START + 6 * DAY);
    await madeFrom(db, release.three, TILL, null);
    const shop = (day: number, over: Partial<HandMade> = {}) =>
      happened(db, { projectId: SHOP, groupId: MINE, at: START + day * DAY, ...over });
    const till = { projectId: TILL };
    const fourth = { release: release.three, commit: 'c' };
    const ids = {
      first: await shop(0, { release: release.one, commit: 'a', ended: START + HOUR }),
      edge: await shop(7, { release: release.two, commit: 'b', ended: START + 7 * DAY + HOUR }),
      back: await shop(7.5, {
        ...{ kind: 'rollback', release: release.one, commit: 'a', ended: START + 7 * DAY + 3 * HOUR },
      }),
      again: await shop(14, { release: release.two, commit: 'b' }),
      broken: await shop(15, { state: 'needs-attention', ended: START + 15 * DAY }),
      cancelled: await shop(16, { state: 'cancelled' }),
      running: await shop(27, { state: 'running', ended: null }),
      promoted: await shop(20, { ...till, kind: 'promote', ...fourth }),
      restart: await shop(21, { ...till, kind: 'restart' }),
      trial: await shop(22, { ...till, environment: 'test', ...fourth }),
      fast: await shop(22, { ...till, kind: 'fast-rollback', state: 'failed' }),
      stop: await shop(22, { ...till, kind: 'stop' }),
      early: await shop(-0.001),
      late: await shop(28),
      alien: await shop(3, { projectId: ALIEN, groupId: OTHERS }),
    };
    const mine = { groupIds: [MINE] };
    await judgeAll(db);

    test('each week counts what was asked for in it, whatever its end', async () => {
      const { all, projects } = weeklyTable(await weekly(db, mine, starts), 4);
      expect(all).toEqual({
        updates: [1, 1, 4, 2],
        restarts: [0, 0, 0, 1],
        rollbacks: [0, 1, 0, 1],
      });
      expect(projects.map(({ projectId, total }) => [projectId, total])).toEqual([
        [SHOP, 7],
        [TILL, 4],
      ]);
      expect(projects[1]?.counts).toEqual({
        updates: [0, 0, 1, 1],
        restarts: [0, 0, 0, 1],
        rollbacks: [0, 0, 0, 1],
      });
    });

    test('only groups that are seen count; without groups nothing does', async () => {
      expect(weeklyTable(await weekly(db, {}, starts), 4).all.updates).toEqual([2, 1, 4, 2]);
      expect(await weekly(db, { groupIds: [] }, starts)).toEqual([]);
      expect(await deliverySums(db, { groupIds: [] }, START)).toEqual([]);
      const one = weeklyTable(await weekly(db, { ...mine, projectId: TILL }, starts), 4);
      expect(one.all.updates).toEqual([0, 0, 1, 1]);
    });

    test('the list of a number has as many, newest first, page by page', async () => {
      const span = { kinds: ['deploy', 'promote'], from: starts[2]!, until: starts[3]! };
      const { total, ids: shown } = await asked(db, mine, span, { offset: 0, limit: 3 });
      expect(total).toBe(4);
      expect(shown).toEqual([ids.promoted, ids.cancelled, ids.broken]);
      expect((await asked(db, mine, span, { offset: 3, limit: 3 })).ids).toEqual([ids.again]);
      expect((await listed(db, shown)).map(({ id }) => id)).toEqual(shown);
      expect(await asked(db, mine, span, { offset: 4, limit: 3 })).toEqual({ total: 4, ids: [] });
      expect(await listed(db, [])).toEqual([]);
      const all = { kinds: ['deploy', 'promote', 'restart'], from: START, until: starts[4]! };
      const whole = (await asked(db, mine, all, { offset: 0, limit: 100 })).ids;
      const bit = async (offset: number) => (await asked(db, mine, all, { offset, limit: 2 })).ids;
      expect([await bit(0), await bit(2), await bit(4), await bit(6), await bit(8)].flat()).toEqual(whole);
      expect(whole.length).toBe(9);
    });

    test('the four metrics of the history, to the millisecond', async () => {
      const of = async (projectId: string) =>
        metricsOf(await deliverySums(db, { ...mine, projectId }, START), 28);
      expect(await of(SHOP)).toEqual({
        ...{ deploys: 4, perDay: 4 / 28, leads: 2, leadMs: (5 * HOUR + (DAY + HOUR)) / 2 },
        ...{ ended: 5, failures: 2, failureRate: 0.4 },
        ...{ restored: 2, restoreMs: (2 * HOUR + (13 * DAY + 60_000)) / 2 },
      });
      expect(await of(TILL)).toMatchObject({ deploys: 1, leads: 0, leadMs: null, failures: 0 });
      const ended = await behindNumber(db, mine, START, 'ended', { offset: 0, limit: 100 });
      const all = [ids.late, ids.promoted, ids.broken, ids.again, ids.edge, ids.first];
      expect(ended).toEqual({ total: 6, ids: all });
    });

    test('a commit that came before the period has no lead time again', async () => {
      const since = await deliverySums(db, { ...mine, projectId: SHOP }, starts[2]!);
      expect(metricsOf(since, 14)).toMatchObject({ ended: 3, leads: 0 });
      const behind = await behindNumber(db, mine, starts[2]!, 'leads', { offset: 0, limit: 9 });
      expect(behind.ids).not.toContain(ids.again);
    });
  }),
);
