import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../../src/deploy/tend-tickets.ts';
import * as operations from '../../../src/store/operations.ts';
import { type Town, town } from '../people.ts';
import { answerAll, changes, commit } from '../planned.ts';
import { Desk } from '../ticket-desk.ts';
import { type Program, program } from './programs.ts';

let t: Town;
let desk: Desk;
let filer: Program;
let approver: Program;
const all = '/api/v1/tickets';
beforeAll(async () => {
  t = await town({ CEDAR_API_PER_MINUTE: '100000' });
  desk = await Desk.at(t);
  filer = await program(t, { of: 'outsider', scopes: ['read', 'deploy', 'approve'] });
  approver = await program(t, { of: 'admin', scopes: ['approve'] });
});
afterEach(() => desk.clear());
afterAll(() => t.end());

async function filed(by: Program, part: object = {}) {
  const sent = { parts: [{ project: 'online_shop', ref: 'main', ...part }], reason: 'new prices' };
  const answer = await by.post(all, sent);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  await answerAll(t.db, { commits: changes([{ status: 'M', path: 'cart.js' }]) });
  await tendTickets(t.db);
  return (await by.get(`${all}/${answer.body.id}`)).body;
}

test('a program files, another approves what it saw, the first runs it, once', async () => {
  const ticket = await filed(filer);
  expect(ticket).toMatchObject({ state: 'waiting', mine: true, can: ['withdraw'], parts: [{ commit }] });
  expect(ticket.plan).toMatch(/^[0-9a-f]{64}$/);
  const path = `${all}/${ticket.id}`;
  const early = await filer.post(`${path}/run`);
  expect([early.status, early.body.code]).toEqual([409, 'ticket_not_approved']);
  const stale = await approver.post(`${path}/approve`, { plan: 'f'.repeat(64) });
  expect([stale.status, stale.body.code]).toEqual([409, 'ticket_other_plan']);
  const approved = await approver.post(`${path}/approve`, { plan: ticket.plan, days: 7, note: 'go' });
  expect(approved.body).toMatchObject({ state: 'approved', approvedBy: expect.stringContaining('admin (') });
  expect((await filer.get(path)).body.can).toEqual(['withdraw', 'run']);
  const run = () => filer.call('POST', `${path}/run`).set('Idempotency-Key', 'once').send({});
  expect((await run()).body).toMatchObject({ state: 'running', parts: [{ state: 'running' }] });
  expect((await run()).status).toBe(202);
  const started = await t.db('operations').where({ ticket_id: ticket.id });
  expect(started).toHaveLength(1);
  const operation = await operations.byId(t.db, started[0].id);
  expect(operation).toMatchObject({ admission: { via: 'api', tokenId: filer.tokenId } });
  await desk.end(desk.shop.online, 'succeeded');
  const done = (await filer.get(path)).body;
  expect(done).toMatchObject({ state: 'done', can: [], closedAt: expect.any(String) });
  expect(done.events.map((one: { action: string }) => one.action)).toEqual([
    ...['filed', 'frozen', 'approved', 'started', 'done'],
  ]);
  const audit = await t
    .db('audit')
    .where({ object: `ticket:${ticket.id}` })
    .orderBy('at');
  expect(audit.map(({ action, via }) => [action, via])).toEqual([
    ['ticket.file', 'api'],
    ['ticket.approve', 'api'],
  ]);
});

test('filed twice under one name it is one ticket; another wish under it is refused', async () => {
  const file = (reason: string) =>
    filer
      .call('POST', all)
      .set('Idempotency-Key', 'k1')
      .send({ parts: [{ project: 'test_shop' }], reason });
  const [one, two] = [await file('a'), await file('a')];
  expect(two.body.id).toBe(one.body.id);
  const other = await file('b');
  expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
});

test('nobody decides about a ticket of their own, whichever token they use', async () => {
  const own = await program(t, { of: 'admin', scopes: ['deploy', 'read', 'approve'] });
  const ticket = await filed(own);
  for (const deed of ['approve', 'refuse', 'close']) {
    const answer = await approver.post(`${all}/${ticket.id}/${deed}`, { plan: ticket.plan, reason: 'x' });
    expect([answer.status, answer.body.code]).toEqual([403, 'ticket_own']);
  }
  expect((await desk.approve(t.admin, await desk.ticket(ticket.id))).status).toBe(403);
  const withdrawn = await own.post(`${all}/${ticket.id}/withdraw`);
  expect(withdrawn.body).toMatchObject({ state: 'withdrawn', can: [] });
});

test('refused and closed with a reason; found by what is searched for', async () => {
  const [one, two] = [await filed(filer), await filed(filer)];
  expect((await approver.post(`${all}/${one.id}/refuse`, {})).status).toBe(422);
  expect((await approver.post(`${all}/${one.id}/refuse`, { reason: 'no' })).body.state).toBe('refused');
  expect((await approver.post(`${all}/${two.id}/close`, { reason: 'by hand' })).body.state).toBe('done');
  expect((await approver.post(`${all}/${two.id}/close`, { reason: 'again' })).status).toBe(409);
  const found = async (query: string) =>
    (await filer.get(`${all}?${query}`)).body.items.map(({ id }: { id: string }) => id);
  expect(await found('of=done&state=refused&q=PRICES')).toEqual([one.id]);
  expect(await found('of=waiting&q=prices')).toEqual([]);
  expect(await found('project=online_shop&state=done&limit=1&mine=true')).toEqual([two.id]);
  expect(await found('project=nowhere')).toEqual([]);
});

test('a token counts for its projects alone; of others it neither sees nor files, and decides only about all', async () => {
  const reach = { groups: [], projects: [desk.shop.test.id] };
  const narrow = await program(t, { of: 'admin', scopes: ['read', 'deploy', 'approve'], reach });
  const ticket = await filed(filer);
  expect((await narrow.get(`${all}/${ticket.id}`)).status).toBe(404);
  expect((await narrow.get(`${all}?q=prices&of=waiting`)).body.items).toEqual([]);
  const file = await narrow.post(all, { parts: [{ project: 'online_shop' }], reason: 'x' });
  expect([file.status, file.body.field]).toEqual([422, 'parts.0.project']);
  const parts = [
    { project: 'test_shop', kind: 'restart' },
    { project: 'online_shop', kind: 'restart' },
  ];
  const { body } = await filer.post(all, { parts, reason: 'both' });
  expect((await narrow.get(`${all}/${body.id}`)).status).toBe(200);
  expect((await narrow.post(`${all}/${body.id}/refuse`, { reason: 'x' })).status).toBe(403);
});

test.each([
  [{ project: 'online_shop', hosts: ['web1'] }, 'parts.0.hosts'],
  [{ project: 'nowhere' }, 'parts.0.project'],
  [{ project: 'online_shop', ref: '--upload-pack=x' }, 'parts.0.ref'],
  [{ project: 'online_shop', kind: 'restart', ref: 'main' }, 'parts.0.ref'],
  [{ project: 'online_shop', kind: 'rollback' }, 'parts.0.release'],
  [{ project: 'online_shop', kind: 'stop' }, 'parts.0.kind'],
  [{ project: 'online_shop', restart: true }, 'parts.0.restart'],
  [{ project: 'online_shop', rollback: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'parts.0.rollback'],
])('%j of somebody without grants is refused with the field named', async (part, field) => {
  const answer = await filer.post(all, { parts: [part], reason: 'x' });
  expect([answer.status, answer.body.field], JSON.stringify(answer.body)).toEqual([422, field]);
});

test('machines, files and operations are told of projects that the owner sees', async () => {
  const member = await program(t, { of: 'member', scopes: ['deploy', 'read'] });
  const ticket = await filed(member, { hosts: ['web1'] });
  expect(ticket.parts).toMatchObject([{ hosts: ['web1'], changes: { files: [{ path: 'cart.js' }] } }]);
  const own = await filed(filer);
  expect(own.parts).toMatchObject([{ hosts: null, changes: null }]);
  expect((await filer.get(`${all}/${ticket.id}`)).status).toBe(404);
});
