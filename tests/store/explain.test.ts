import { describe, expect, test } from 'vitest';
import { countAll } from '../../src/store/asked-weeks.ts';
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
const ordered = /^(weeks|behind|delivery|tickets|open tickets|history of a reach)/;

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

    test('a table that is read as a whole is seen', async () => {
      const [plan] = await plansOf(db, () => db('operations').where({ ref: 'other' }));
      expect(plan).toMatchObject({ table: 'operations', whole: true });
    });
  }),
);
