import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPermitted } from '../../src/deploy/still-permitted.ts';
import type { Operation } from '../../src/model/operation.ts';
import * as operations from '../../src/store/operations.ts';
import * as changes from '../../src/store/ticket-changes.ts';
import * as users from '../../src/store/users.ts';
import { type Town, town } from './people.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let desk: Desk;
beforeAll(async () => {
  t = await town();
  desk = await Desk.at(t);
});
afterAll(() => t.end());

async function ran(): Promise<{ ticketId: string; operation: Operation }> {
  const { id } = await desk.approved(t.outsider);
  const answer = await desk.run(t.outsider, await desk.ticket(id));
  expect(answer.status).toBe(303);
  const operationId = (await desk.ticket(id)).parts[0]!.operationId!;
  return { ticketId: id, operation: (await operations.byId(t.db, operationId))! };
}

test('an applicant without grants carries an approved ticket out, and nothing else', async () => {
  const { ticketId, operation } = await ran();
  expect(await isPermitted(t.db, operation)).toBe(true);
  expect(await isPermitted(t.db, { ...operation, ticketId: null })).toBe(false);
  expect(await isPermitted(t.db, { ...operation, id: ticketId })).toBe(false);

  const outsider = (await users.all(t.db)).find(({ username }) => username === 'outsider')!;
  await users.setDisabled(t.db, outsider.id, Date.now());
  expect(await isPermitted(t.db, operation)).toBe(false);
  await users.setDisabled(t.db, outsider.id, null);

  await changes.move(t.db, ticketId, ['running'], 'done', { action: 'closed' });
  expect(await isPermitted(t.db, operation)).toBe(false);
});
