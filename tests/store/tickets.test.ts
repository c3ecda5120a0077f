import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import type { Ticket } from '../../src/model/ticket.ts';
import type { Db } from '../../src/store/database.ts';
import * as changes from '../../src/store/ticket-changes.ts';
import * as ticketEvents from '../../src/store/ticket-events.ts';
import { isNeeded, setNeeded } from '../../src/store/ticket-rules.ts';
import * as tickets from '../../src/store/tickets.ts';
import { writing } from '../../src/store/transaction.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { addProject, ground } from './inventory.ts';

async function file(db: Db, projectId: string, groupId: string, reason: string): Promise<Ticket> {
  const id = ulid();
  const part = { projectId, projectKey: 'test_shop', groupId, ref: 'main', hostIds: null };
  await tickets.add(db, {
    ...{ id, reason, applicantId: 'A'.repeat(26), applicantName: 'Ada' },
    ...{ wishedAt: null, selfStart: false, parts: [{ ...part, rollbackId: null, questionId: null }] },
  });
  await changes.freeze(db, id, 0, { commit: 'c'.repeat(40), decision: 'd'.repeat(64), problem: null });
  return (await tickets.byId(db, id))!;
}

eachDatabase((kind) =>
  describe(`tickets on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const { groupId } = await ground(db);
    const project = await addProject(db, groupId, { name: 'shop' });
    const by = { id: 'B'.repeat(26), name: 'Bob' };

    test('what is searched for is taken as it is typed, and pages follow one another', async () => {
      const plain = await file(db, project.id, groupId, 'Fifty percent');
      const odd = await file(db, project.id, groupId, '50% off_ now!');
      const found = async (text: string) =>
        (await tickets.list(db, { states: ['waiting'], text, limit: 10 })).map(({ id }) => id);
      expect(await found('0%')).toEqual([odd.id]);
      expect(await found('off_')).toEqual([odd.id]);
      expect(await found('W!')).toEqual([odd.id]);
      expect(await found('fifty')).toEqual([plain.id]);
      expect(await found('TEST_SHOP')).toEqual([odd.id, plain.id]);
      const older = await tickets.list(db, { states: ['waiting'], before: odd.id, limit: 1 });
      expect(older.map(({ id }) => id)).toEqual([plain.id]);
    });

    test('the group that owns the project now sees it, and no other', async () => {
      const ticket = await file(db, project.id, 'G'.repeat(26), 'moved');
      const seen = async (groupIds: string[]) => {
        const filter = { seen: { applicantId: 'nobody', groupIds }, text: 'moved', limit: 10 };
        return (await tickets.list(db, { states: ['waiting'], ...filter })).map(({ id }) => id);
      };
      expect(ticket.parts[0]?.groupId).toBe(groupId);
      expect(await seen([groupId])).toEqual([ticket.id]);
      expect(await seen(['G'.repeat(26)])).toEqual([]);
      expect(await seen([])).toEqual([]);
    });

    test('of many who decide at once one has decided; of many who begin, one begins', async () => {
      const { id } = await file(db, project.id, groupId, 'race');
      const decide = () => writing(db, (trx) => changes.approve(trx, id, 'p'.repeat(64), by, 9e12, null));
      const decided = await Promise.all([decide(), decide(), decide()]);
      expect(decided.filter(Boolean)).toHaveLength(1);
      const ticket = (await tickets.byId(db, id))!;
      const begin = () => writing(db, (trx) => changes.begin(trx, ticket, ticket.parts[0]!, ulid(), by));
      expect((await Promise.all([begin(), begin(), begin()])).filter(Boolean)).toHaveLength(1);
      const events = await ticketEvents.ofTicket(db, id);
      expect(events.map(({ action }) => action)).toEqual(['approved', 'started']);
      expect(await changes.move(db, id, ['waiting'], 'refused', { action: 'refused', by })).toBe(false);
    });

    test('a rule is set and taken back, any number of times', async () => {
      for (const needed of [true, true, false, false]) {
        await setNeeded(db, 'environment', 'online', needed);
        expect(await isNeeded(db, 'environment', 'online')).toBe(needed);
        expect(await isNeeded(db, 'group', 'online')).toBe(false);
      }
    });
  }),
);
