import { describe, expect, test } from 'vitest';
import { countAll } from '../../src/store/asked-weeks.ts';
import { type HistoryFilter, history } from '../../src/store/history.ts';
import { judgeAll } from '../../src/store/judged-deploys.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { fill } from '../lab/filled.ts';
import { plansOf, type Reading } from '../lab/plans.ts';
import { questions } from './list-questions.ts';

const UNTIL = Date.parse('2026-11-01T00:00:00Z');
/** What grows for years. Projects, groups and environments may be read as a whole. */
const growing = ['operations', 'releases', 'judged_deploys', 'asked_weeks', 'audit', 'audit_seals', 'a', 's'];
const tables = [...growing, 'tickets', 'ticket_parts'];
/** A text anywhere in a ticket's project: that is no question for an index. */
const looking = ['tickets with a text'];
/** These take few rows, or sums, and put them into order. */
const ordered = /^(weeks|behind|delivery|tickets|open tickets)/;

eachDatabase((kind) =>
  describe(`the plans of the lists on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const size = { projects: 40, operations: 3000, audit: 3000, tickets: 1000 };
    const filled = await fill(db, { ...size, until: UNTIL });
    await judgeAll(db);
    await countAll(db);
    if (kind === 'mariadb')
      for (const table of [...tables.slice(0, 6), 'tickets', 'ticket_parts'])
        await db.raw(`ANALYZE TABLE ${table}`);

    test.each(questions(db, filled, UNTIL))('%s: by an index', async (name, ask) => {
      const plans = await plansOf(db, ask);
      expect(plans.length).toBeGreaterThan(0);
      const wrong = (reading: Reading) =>
        (reading.whole && tables.includes(reading.table) && !looking.includes(name)) ||
        (reading.sorted && !ordered.test(name));
      expect(plans.filter(wrong)).toEqual([]);
    });

    test('asked by its owners one by one, the history is what all of it says', async () => {
      const { groupIds, projectIds } = filled;
      const reach = {
        groups: groupIds.slice(2, 4),
        projects: [projectIds[0]!, projectIds[30]!, projectIds[39]!],
      };
      const all: { id: string; group_id: string; project_id: string; kind: string }[] = await db(
        'operations',
      ).orderBy('id', 'desc');
      const reached = (one: (typeof all)[number]) =>
        reach.groups.includes(one.group_id) || reach.projects.includes(one.project_id);
      const some = groupIds.slice(0, 3);
      const cases: [Partial<HistoryFilter>, (one: (typeof all)[number]) => boolean][] = [
        [{ groupIds: some }, (one) => some.includes(one.group_id)],
        [{ reach }, reached],
        [{ reach, groupIds: some }, (one) => reached(one) && some.includes(one.group_id)],
        [{ reach, kind: 'restart' }, (one) => reached(one) && one.kind === 'restart'],
        [{ reach, before: all[1500]!.id }, (one) => reached(one) && one.id < all[1500]!.id],
      ];
      for (const [filter, fits] of cases) {
        const found = (await history(db, { ...filter, limit: 51 })).map(({ id }) => id);
        expect(found.length).toBeGreaterThan(5);
        expect(found).toEqual(
          all
            .filter(fits)
            .map(({ id }) => id)
            .slice(0, 51),
        );
      }
    });

    test('a table that is read as a whole is seen', async () => {
      const [plan] = await plansOf(db, () => db('operations').where({ ref: 'other' }));
      expect(plan).toMatchObject({ table: 'operations', whole: true });
    });
  }),
);
