import { ulid } from 'ulid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import * as operations from '../../src/store/operations.ts';
import * as ticketEvents from '../../src/store/ticket-events.ts';
import { type Town, town } from './people.ts';
import { answerAll, changes, commit } from './planned.ts';
import { releaseOf } from './shop.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let desk: Desk;
beforeAll(async () => {
  t = await town();
  desk = await Desk.at(t);
});
afterEach(() => desk.clear());
afterAll(() => t.end());

test('a user without any grant files a ticket, from names alone', async () => {
  const pick = await t.outsider.get('/tickets/new');
  expect(pick.text).toContain('online_shop');
  const form = await t.outsider.get('/tickets/new?project1=online_shop');
  expect(form.status).toBe(200);
  expect(form.text).not.toContain('web1');
  const ticket = await desk.file(t.outsider);
  expect(ticket).toMatchObject({ state: 'waiting', applicantName: 'outsider' });
  expect(ticket.parts).toMatchObject([{ commit, hostIds: null, ref: 'main', problem: null }]);
  const page = await t.outsider.get(`/tickets/${ticket.id}`);
  expect(page.text).toContain(commit.slice(0, 10));
  expect(page.text).not.toContain('cart.js');
  expect((await t.admin.get(`/tickets/${ticket.id}`)).text).toContain('cart.js');
  expect((await t.admin.get('/')).text).toContain('Tickets waiting for me');
  expect((await t.outsider.get('/')).text).toContain('My tickets');
});

test('somebody else\u2019s ticket for another group is not there', async () => {
  const ticket = await desk.file(t.admin);
  expect((await t.outsider.get(`/tickets/${ticket.id}`)).status).toBe(404);
  expect((await t.outsider.get('/tickets')).text).not.toContain(ticket.id);
  expect((await t.member.get('/tickets')).text).toContain(ticket.id);
});

test('what was typed comes back with the field named', async () => {
  const sent = { project1: 'online_shop', ref1: '--upload-pack=x', reason: 'why <b>not</b>' };
  const wrong = await t.outsider.post('/tickets', sent);
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('why &lt;b&gt;not&lt;/b&gt;');
  expect(wrong.text).toMatch(/name="ref1"[^>]*is-invalid/);
  const hosts = { project1: 'online_shop', hosts1: desk.shop.hostIds, reason: 'x' };
  expect((await t.outsider.post('/tickets', hosts)).status).toBe(422);
  const self = { project1: 'online_shop', reason: 'x', selfStart: 'on' };
  expect((await t.outsider.post('/tickets', self)).status).toBe(422);
  const nobody = await t.outsider.post('/tickets', { project1: 'no_such', reason: 'x' });
  expect(nobody.status).toBe(422);
});

test('approved, run by its applicant, and done with its operation; every change is a row', async () => {
  const ticket = await desk.file(t.outsider);
  await t.grant({ config: false, deploy: true });
  expect((await desk.approve(t.member, ticket, { note: 'go' })).status).toBe(303);
  expect((await t.outsider.get(`/tickets/${ticket.id}`)).text).toContain('Deploy online_shop now');
  expect((await desk.run(t.outsider, ticket)).headers.location).toBe(`/tickets/${ticket.id}`);
  const running = await desk.ticket(ticket.id);
  expect(running.state).toBe('running');
  const id = running.parts[0]!.operationId!;
  const operation = await operations.byId(t.db, id);
  expect(operation).toMatchObject({ ticketId: ticket.id, reason: 'new prices', requestedName: 'outsider' });
  expect(operation?.decision).toBe(running.parts[0]!.decision);
  expect((await t.admin.get(`/operations/${id}`)).text).toContain(`/tickets/${ticket.id}`);
  expect((await t.admin.get(`/tickets/${ticket.id}`)).text).toContain(`/operations/${id}`);
  await desk.end(desk.shop.online, 'succeeded');
  expect((await desk.ticket(ticket.id)).state).toBe('done');
  const events = await ticketEvents.ofTicket(t.db, ticket.id);
  expect(events.map(({ action, state, by }) => [action, state, by?.name ?? null])).toEqual([
    ['filed', 'waiting', 'outsider'],
    ['frozen', 'waiting', null],
    ['approved', 'approved', 'member'],
    ['started', 'running', 'outsider'],
    ['done', 'done', null],
  ]);
  expect(events[2]?.reason).toBe('go');
  await t.grant({ config: false, deploy: false });
});

test('a deploy that did not succeed has used the approval up', async () => {
  const ticket = await desk.approved(t.outsider);
  await desk.run(t.outsider, ticket);
  await desk.end(desk.shop.online, 'failed');
  const after = await desk.ticket(ticket.id);
  expect(after).toMatchObject({ state: 'waiting', approvedPlan: null, parts: [{ state: 'open' }] });
  expect((await desk.run(t.outsider, ticket)).status).toBe(409);
});

test('a resume goes on under the ticket of what failed, and ends it', async () => {
  await t.admin.post(`/groups/${t.groupId}/tickets`, { ticketNeeded: 'on' });
  const ticket = await desk.approved(t.outsider);
  await desk.run(t.outsider, ticket);
  const failed = (await desk.ticket(ticket.id)).parts[0]!.operationId!;
  await desk.end(desk.shop.online, 'failed');
  const pressed = { idempotencyKey: ulid() };
  const resumed = await t.admin.post(`/operations/${failed}/resume`, pressed);
  const id = resumed.headers.location!.split('/').pop()!;
  expect(await operations.byId(t.db, id)).toMatchObject({ relation: 'resume', ticketId: ticket.id });
  await t.db('operations').where({ id }).update({ commit_id: commit });
  await desk.end(desk.shop.online, 'succeeded');
  expect(await desk.ticket(ticket.id)).toMatchObject({ state: 'done', parts: [{ operationId: id }] });
  await t.admin.post(`/groups/${t.groupId}/tickets`, {});
});

test('a deploy whose lock is taken has used the approval up too', async () => {
  const ticket = await desk.approved(t.outsider);
  await desk.run(t.outsider, ticket);
  const { operationId } = (await desk.ticket(ticket.id)).parts[0]!;
  const taken = await t.admin.post(`/operations/${operationId}/unlock`, { reason: 'its worker is gone' });
  expect(taken.status).toBe(303);
  expect(await desk.ticket(ticket.id)).toMatchObject({ state: 'waiting', approvedPlan: null });
});

test('one click leads to the deploy page with everything filled in, whose button carries it out', async () => {
  const [host] = desk.shop.hostIds;
  await t.admin.get('/');
  const ticket = await desk.file(t.member, { hosts1: [host!], ref1: 'v1.2' });
  expect((await desk.approve(t.admin, ticket)).status).toBe(303);
  expect((await t.admin.get(`/tickets/${ticket.id}`)).text).toContain(
    `/projects/online_shop?ticket=${ticket.id}`,
  );
  const page = await t.admin.get(`/projects/online_shop?ticket=${ticket.id}`);
  expect(page.text).toContain(`name="ticket" value="${ticket.id}"`);
  expect(page.text).toContain(`name="commit" value="${commit}"`);
  expect(page.text).toContain('value="v1.2"');
  expect(page.text).toContain('value="new prices"');
  const form = { ticket: ticket.id, commit, ref: 'v1.2', hosts: [host!] };
  const pressed = await desk.press(t.admin, desk.shop.online, form);
  expect(pressed.headers.location).toMatch(/^\/operations\//);
  expect((await desk.ticket(ticket.id)).state).toBe('running');
});

test('several projects go in their order, under one approval', async () => {
  const ticket = await desk.approved(t.outsider, { project2: 'test_shop', ref2: 'main' });
  const early = { ticket: ticket.id, commit };
  expect((await desk.press(t.admin, desk.shop.test, early)).status).toBe(409);
  await desk.run(t.outsider, ticket);
  expect((await desk.run(t.outsider, ticket)).status).toBe(409);
  await desk.end(desk.shop.online, 'succeeded');
  expect((await desk.ticket(ticket.id)).state).toBe('running');
  expect((await desk.run(t.outsider, ticket)).status).toBe(303);
  await desk.end(desk.shop.test, 'succeeded');
  expect((await desk.ticket(ticket.id)).state).toBe('done');
});

test('starts itself once at its wished time, and tries again while it cannot', async () => {
  const wished = new Date(Date.now() + 3_600_000).toISOString().slice(0, 16);
  const ticket = await desk.approved(t.outsider, { at: wished, selfStart: 'on' });
  await tendTickets(t.db);
  expect((await desk.ticket(ticket.id)).state).toBe('approved');
  await t
    .db('tickets')
    .where({ id: ticket.id })
    .update({ wished_at: Date.now() - 1000 });
  const busy = await desk.press(t.admin, desk.shop.online, { kind: 'restart' });
  expect(busy.status).toBe(303);
  await tendTickets(t.db);
  expect((await desk.ticket(ticket.id)).problem?.code).toBe('locked');
  await desk.end(desk.shop.online, 'succeeded');
  await Promise.all([tendTickets(t.db), tendTickets(t.db)]);
  const after = await desk.ticket(ticket.id);
  expect(after).toMatchObject({ state: 'running', problem: null });
  const started = await t.db('operations').where({ ticket_id: ticket.id });
  expect(started).toHaveLength(1);
});

test('production asks for a ticket where the group or the environment says so', async () => {
  const rules = [`/groups/${t.groupId}`, '/environments/online'];
  for (const path of rules) {
    expect((await t.member.post(`${path}/tickets`, { ticketNeeded: 'on' })).status).toBe(403);
    await t.admin.post(`${path}/tickets`, { ticketNeeded: 'on' });
    expect((await t.admin.get(path)).text).toMatch(/name="ticketNeeded"[^>]*checked/);
    expect((await desk.press(t.admin, desk.shop.online, {})).status).toBe(403);
    expect((await desk.press(t.admin, desk.shop.test, {})).status).toBe(303);
    await desk.end(desk.shop.test, 'succeeded');
    expect((await desk.run(t.outsider, await desk.approved(t.outsider))).status).toBe(303);
    await desk.end(desk.shop.online, 'succeeded');
    await t.admin.post(`${path}/tickets`, {});
  }
  expect((await desk.press(t.admin, desk.shop.online, {})).status).toBe(303);
});

test('refused with a reason, withdrawn by the applicant alone, closed by hand, and found again', async () => {
  const refused = await desk.file(t.outsider, { reason: 'apples' });
  expect((await t.admin.post(`/tickets/${refused.id}/refuse`, { reason: '' })).status).toBe(422);
  expect((await t.admin.post(`/tickets/${refused.id}/refuse`, { reason: 'too late' })).status).toBe(303);
  const withdrawn = await desk.file(t.outsider, { reason: 'pears 100%' });
  expect((await t.admin.post(`/tickets/${withdrawn.id}/withdraw`)).status).toBe(403);
  expect((await t.outsider.post(`/tickets/${withdrawn.id}/withdraw`)).status).toBe(303);
  const closed = await desk.file(t.outsider, { reason: 'plums' });
  expect((await t.outsider.post(`/tickets/${closed.id}/close`, { closing: 'x' })).status).toBe(403);
  expect((await t.admin.post(`/tickets/${closed.id}/close`, { closing: 'done by hand' })).status).toBe(303);
  const states = await Promise.all([refused, withdrawn, closed].map(({ id }) => desk.ticket(id)));
  expect(states.map(({ state }) => state)).toEqual(['refused', 'withdrawn', 'done']);
  const found = async (q: string) =>
    (await t.outsider.get(`/tickets?of=done&q=${encodeURIComponent(q)}`)).text;
  expect(await found('0%')).toContain(withdrawn.id);
  expect(await found('0%')).not.toContain(refused.id);
  expect(await found('APPLES')).toContain(refused.id);
  expect(await found('online_sh')).toContain(closed.id);
  expect((await t.admin.get(`/tickets/${refused.id}`)).text).toContain('too late');
});

test('what could not be looked up is told and looked up again', async () => {
  const answer = await t.outsider.post('/tickets', { project1: 'test_shop', ref1: 'nowhere', reason: 'x' });
  const path = answer.headers.location!;
  await answerAll(t.db, {});
  await tendTickets(t.db);
  const ticket = await desk.ticket(path.split('/').pop()!);
  expect(ticket.parts[0]?.problem?.code).toBe('unexpected');
  expect((await t.admin.get(path)).text).not.toContain('/approve');
  expect((await t.outsider.post(`${path}/look`)).status).toBe(303);
  await answerAll(t.db, { commits: changes() });
  await tendTickets(t.db);
  expect((await desk.ticket(ticket.id)).parts[0]).toMatchObject({ commit, problem: null });
});

test('the way back that was chosen in advance is offered', async () => {
  const release = await releaseOf(t, desk.shop.online);
  const ticket = await desk.file(t.member, { hosts1: desk.shop.hostIds, release1: release.id });
  const page = await t.admin.get(`/tickets/${ticket.id}`);
  expect(page.text).toContain(`/projects/online_shop?release=${release.id}`);
  const stranger = await releaseOf(t, desk.shop.test);
  const sent = { project1: 'online_shop', hosts1: desk.shop.hostIds, release1: stranger.id, reason: 'x' };
  expect((await t.member.post('/tickets', sent)).status).toBe(422);
});
