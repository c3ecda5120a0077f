import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import { program } from '../web/api/programs.ts';
import { type Town, town } from '../web/people.ts';
import { answerAll, changes } from '../web/planned.ts';
import { Desk } from '../web/ticket-desk.ts';

let t: Town;
let desk: Desk;
let listener: Listener;
let [applicant, approver] = ['', ''];
beforeAll(async () => {
  t = await town({ CEDAR_API_PER_MINUTE: '100000', CEDAR_LANGUAGE: 'en' });
  desk = await Desk.at(t);
  listener = await listen(t.app, '127.0.0.1', 0);
  applicant = (await program(t, { of: 'outsider', scopes: ['deploy'] })).text;
  approver = (await program(t, { of: 'admin', scopes: ['approve'] })).text;
});
afterEach(() => desk.clear());
afterAll(async () => {
  await listener.close();
  await t.end();
});

const cedar = (token: string, ...args: string[]) =>
  new CedarCommand({ CEDAR_URL: listener.address, CEDAR_TOKEN: token }, ['--json', 'ticket', ...args]);
const asks = (...args: string[]) => cedar(applicant, ...args);
const decides = (...args: string[]) => cedar(approver, ...args);

/** The value that a command printed, after it ended with 0. */
async function done(command: CedarCommand): Promise<Record<string, unknown>> {
  expect(await command.ended, command.stderr).toBe(0);
  return command.json;
}

async function filed(): Promise<string> {
  const { id } = await done(asks('file', 'online_shop', '--ref', 'main', '--reason', 'new prices'));
  await answerAll(t.db, { commits: changes() });
  await tendTickets(t.db);
  return String(id);
}

test('files, lists, approves and runs; the end of the deploy is the exit code', async () => {
  const id = await filed();
  expect(await done(asks('list', '--mine'))).toMatchObject([{ id, state: 'waiting' }]);
  const own = asks('approve', id);
  expect([await own.ended, own.json.code]).toEqual([3, 'token_scope']);
  const early = asks('run', id);
  expect([await early.ended, early.json.code]).toEqual([3, 'ticket_not_approved']);
  expect(await done(decides('approve', id, '--days', '7', '--note', 'go'))).toMatchObject({
    state: 'approved',
  });
  const bad = asks('run', id);
  await until('it runs', async () => (await desk.ticket(id)).state === 'running', 20_000);
  await desk.end(desk.shop.online, 'failed');
  expect(await bad.ended, bad.stderr).toBe(1);
  expect(bad.json).toMatchObject({ state: 'waiting' });
  await done(decides('approve', id));
  const good = asks('run', id);
  await until('it runs again', async () => (await desk.ticket(id)).state === 'running', 20_000);
  await desk.end(desk.shop.online, 'succeeded');
  expect(await done(good)).toMatchObject({ state: 'done' });
  expect(await done(asks('show', id))).toMatchObject({ state: 'done', parts: [{ state: 'done' }] });
  expect(await done(asks('list', '--done', '--search', 'prices'))).toMatchObject([{ id }]);
});

test('refuses, closes and withdraws; a plan that is another is not approved', async () => {
  const [one, two, three] = [await filed(), await filed(), await filed()];
  const stale = decides('approve', one, '--plan', 'f'.repeat(64));
  expect([await stale.ended, stale.json.code]).toEqual([3, 'ticket_other_plan']);
  expect(await done(decides('refuse', one, '--reason', 'no'))).toMatchObject({ state: 'refused' });
  expect(await done(decides('close', two, '--reason', 'by hand'))).toMatchObject({ state: 'done' });
  expect(await done(asks('withdraw', three))).toMatchObject({ state: 'withdrawn' });
});

test('what is wrong with a call is usage', async () => {
  const wrong = [
    ['file', 'online_shop'],
    ['file', 'nowhere', '--reason', 'x'],
    ['refuse', 'X'],
    ['file', 'online_shop', '--kind', 'stop', '--reason', 'x'],
  ];
  const ended = await Promise.all(wrong.map((args) => asks(...args).ended));
  expect(ended).toEqual([2, 2, 2, 2]);
  expect(await asks('show', '01ARZ3NDEKTSV4RRFFQ69G5FAV').ended).toBe(3);
});
