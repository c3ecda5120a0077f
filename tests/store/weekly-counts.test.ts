import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { type WeeklyRow, weeklyKinds } from '../../src/model/weekly.ts';
import { countAll, isCounted } from '../../src/store/asked-weeks.ts';
import type { Db } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrations.ts';
import type { Scope } from '../../src/store/statistics.ts';
import { weekly } from '../../src/store/weekly-counts.ts';
import { weekStarts } from '../../src/web/weeks.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { dice } from '../lab/filled.ts';
import { happened } from './hand-made.ts';

const NOW = Date.parse('2026-11-23T05:00:00Z');
const DAY = 86_400_000;
const kinds = ['deploy', 'deploy', 'promote', 'restart', 'rollback', 'fast-rollback', 'stop'];
const counted: readonly string[] = Object.values(weeklyKinds).flat();
const zones = ['UTC', 'Asia/Shanghai', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kathmandu'];
const groupIds = [ulid(), ulid()];
const projectIds = Array.from({ length: 5 }, () => ulid());

type One = { projectId: string; groupId: string; environment: string; kind: string; at: number };

/** Many of them at the borders of weeks, where zones differ. */
async function history(db: Db, count: number): Promise<One[]> {
  const roll = dice(5);
  const one = <T>(list: readonly T[]) => list[Math.floor(roll() * list.length)]!;
  const monday = Date.parse('2026-11-23T00:00:00Z');
  const made: One[] = [];
  for (let n = 0; n < count; n++) {
    const border = monday - Math.floor(roll() * 10) * 7 * DAY;
    const at = roll() < 0.5 ? border + Math.floor((roll() - 0.5) * 2 * DAY) : border - roll() * 7 * DAY;
    const operation = {
      ...{ projectId: one(projectIds), groupId: one(groupIds), environment: one(['online', 'test']) },
      ...{ kind: one(kinds), at: Math.min(NOW, Math.floor(at)) },
    };
    await happened(db, operation);
    made.push(operation);
  }
  return made;
}

/** The same by going through everything there is. */
function direct(history: One[], { groupIds: of, projectId }: Scope, starts: number[]): string[] {
  const sums = new Map<string, number>();
  for (const one of history) {
    if (of && !of.includes(one.groupId)) continue;
    if (projectId && one.projectId !== projectId) continue;
    const week = starts.findIndex((start, index) => start <= one.at && one.at < (starts[index + 1] ?? start));
    if (week < 0 || !counted.includes(one.kind)) continue;
    const name = `${one.projectId} ${one.kind} ${week}`;
    sums.set(name, (sums.get(name) ?? 0) + 1);
  }
  return [...sums].map(([name, count]) => `${name}: ${count}`).sort();
}

const told = (rows: WeeklyRow[]) =>
  rows.map(({ projectId, kind, week, count }) => `${projectId} ${kind} ${week}: ${count}`).sort();

eachDatabase((kind) =>
  describe(`weekly counts on ${kind}`, () => {
    test('kept as operations come, they are what the history says, on the clocks of every zone', async () => {
      const { db } = await freshDatabase(kind);
      const made = await history(db, 120);
      const scopes: Scope[] = [
        ...[{}, { groupIds: [groupIds[0]!] }, { groupIds, projectId: projectIds[1]! }, { groupIds: [] }],
      ];
      const check = async () => {
        for (const zone of zones)
          for (const weeks of [4, 8])
            for (const scope of scopes) {
              const starts = weekStarts(NOW, weeks, zone);
              const expected = direct(made, scope, starts);
              expect(told(await weekly(db, scope, starts)), `${zone} ${weeks}`).toEqual(expected);
            }
      };
      expect(direct(made, {}, weekStarts(NOW, 8, 'UTC'))).not.toEqual(
        direct(made, {}, weekStarts(NOW, 8, 'Asia/Shanghai')),
      );
      await check();
      await db('asked_weeks').update({ asked: 99 });
      await db('asked_weeks').where({ kind: 'restart' }).delete();
      expect(await isCounted(db)).toBe(false);
      await migrate(db);
      expect(await isCounted(db)).toBe(true);
      await check();
    });

    test('counted anew while operations come, none is lost or counted twice', async () => {
      const { db } = await freshDatabase(kind);
      const at = NOW - DAY;
      const come = async () => {
        for (let n = 0; n < 20; n++)
          await db.transaction((trx) =>
            happened(trx, { projectId: projectIds[n % 2]!, groupId: groupIds[0]!, at: at + n }),
          );
      };
      await come();
      await Promise.all([come(), countAll(db), come()]);
      const rows = await weekly(db, {}, weekStarts(NOW, 4, 'UTC'));
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(60);
    });
  }),
);
