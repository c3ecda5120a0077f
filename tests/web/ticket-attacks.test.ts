import { ulid } from 'ulid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import * as groups from '../../src/store/groups.ts';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as ticketEvents from '../../src/store/ticket-events.ts';
import { type Town, town } from './people.ts';
import { commit } from './planned.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let desk: Desk;
beforeAll(async () => {
  t = await town();
  desk = await Desk.at(t);
  await t.grant({ config: false, deploy: true });
  await t.admin.post('/environments/online/tickets', { ticketNeeded: 'on' });
});
afterEach(() => desk.clear());
afterAll(() => t.end());

async function launched(): Promise<number> {
  return (await t.db('operations')).length;
}

test('[S29] nobody approves a ticket of their own, an admin neither', async () => {
  for (const person of [t.admin, t.member, t.outsider]) {
    const ticket = await desk.file(person);
    expect((await desk.approve(person, ticket)).status).toBe(403);
    expect((await person.post(`/tickets/${ticket.id}/refuse`, { reason: 'x' })).status).toBe(403);
    expect((await desk.ticket(ticket.id)).state).toBe('waiting');
    expect((await desk.run(person, ticket)).status).toBe(409);
  }
});

test('[S29] somebody else\u2019s project is not approved: the group that owns it now counts', async () => {
  const others = { id: ulid(), name: 'others', notes: null };
  await groups.add(t.db, others);
  const foreign = await projects.add(t.db, {
    ...{ environment: 'online', name: 'foreign', groupId: others.id, type: 'nodejs', port: 6000 },
    ...{ gitUrl: 'https://git.example.com/other.git', branch: 'main', settings: defaultProjectSettings },
    ...{ template: null, env: [], notes: null },
  });
  await placements.add(t.db, { projectId: foreign.id, hostId: desk.shop.hostIds[0]!, processes: 1, env: [] });
  const ticket = await desk.file(t.outsider, { project1: foreign.key });
  expect((await desk.approve(t.member, ticket)).status).toBe(404);
  const mixed = await desk.file(t.outsider, { project2: foreign.key });
  expect((await desk.approve(t.member, mixed)).status).toBe(403);
  const own = await desk.file(t.outsider);
  await t.db('projects').where({ id: desk.shop.online.id }).update({ group_id: others.id });
  expect((await desk.approve(t.member, own)).status).toBe(404);
  await t.db('projects').where({ id: desk.shop.online.id }).update({ group_id: t.groupId });
  for (const one of [ticket, mixed, own]) expect((await desk.ticket(one.id)).state).toBe('waiting');
});

test('[S29] an approval that ran out starts nothing, even before a worker noticed', async () => {
  const ticket = await desk.approved(t.outsider);
  await t
    .db('tickets')
    .where({ id: ticket.id })
    .update({ expires_at: Date.now() - 1 });
  const before = await launched();
  expect((await desk.run(t.outsider, ticket)).status).toBe(409);
  expect((await desk.press(t.admin, desk.shop.online, { ticket: ticket.id, commit })).status).toBe(409);
  await tendTickets(t.db);
  expect((await desk.ticket(ticket.id)).state).toBe('expired');
  expect((await desk.approve(t.admin, ticket)).status).toBe(409);
  expect((await desk.run(t.outsider, ticket)).status).toBe(409);
  expect(await launched()).toBe(before);
});

test('[S29] an edit after the approval takes it back', async () => {
  const ticket = await desk.approved(t.outsider);
  const before = await launched();
  await t.db('placements').where({ project_id: desk.shop.online.id }).update({ processes: 3 });
  expect((await desk.run(t.outsider, ticket)).status).toBe(409);
  await tendTickets(t.db);
  const fallen = await desk.ticket(ticket.id);
  expect(fallen).toMatchObject({ state: 'waiting', approvedBy: null, approvedPlan: null, expiresAt: null });
  expect((await ticketEvents.ofTicket(t.db, ticket.id)).at(-1)).toMatchObject({
    ...{ action: 'fell', state: 'waiting', detail: { project: 'online_shop' } },
  });
  expect((await desk.approve(t.admin, ticket)).status).toBe(409);
  expect(await launched()).toBe(before);
  expect((await desk.approve(t.admin, fallen)).status).toBe(303);
});

test('[S29] an approval is for what was seen: an edit between looking and approving refuses it', async () => {
  const ticket = await desk.file(t.outsider);
  await t.db('placements').where({ project_id: desk.shop.online.id }).update({ processes: 4 });
  expect((await desk.approve(t.admin, ticket)).status).toBe(409);
  expect((await desk.ticket(ticket.id)).state).toBe('waiting');
});

test('[S29] one approval is one deploy', async () => {
  const ticket = await desk.approved(t.outsider);
  const answers = await Promise.all([desk.run(t.outsider, ticket), desk.run(t.outsider, ticket)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  await desk.end(desk.shop.online, 'succeeded');
  expect((await desk.run(t.outsider, ticket)).status).toBe(409);
  const again = await desk.press(t.admin, desk.shop.online, { ticket: ticket.id, commit });
  expect(again.status).toBe(409);
  expect(await t.db('operations').where({ ticket_id: ticket.id })).toHaveLength(1);
});

test('[S29] a branch that moved, other hosts, another project or another kind are not what was approved', async () => {
  const ticket = await desk.approved(t.outsider);
  const before = await launched();
  const [host] = desk.shop.hostIds;
  const { online, test: other } = desk.shop;
  const moved = { ticket: ticket.id, commit: 'd'.repeat(40) };
  expect((await desk.press(t.admin, online, moved)).status).toBe(409);
  expect((await desk.press(t.admin, online, { ticket: ticket.id })).status).toBe(409);
  expect((await desk.press(t.admin, online, { ticket: ticket.id, commit, ref: 'dev' })).status).toBe(409);
  expect((await desk.press(t.admin, online, { ticket: ticket.id, commit, hosts: [host!] })).status).toBe(409);
  expect((await desk.press(t.admin, other, { ticket: ticket.id, commit })).status).toBe(409);
  const restart = { ticket: ticket.id, commit, kind: 'restart' };
  expect((await desk.press(t.admin, online, restart)).status).toBe(409);
  expect((await desk.press(t.admin, online, { ticket: ulid(), commit })).status).toBe(409);
  expect(await launched()).toBe(before);
  expect((await desk.run(t.outsider, ticket)).status).toBe(303);
  const [operation] = await t.db('operations').where({ ticket_id: ticket.id });
  expect(JSON.parse(operation.snapshot).params.commit).toBe(commit);
});

test('[S29] a resume under other configuration than was approved needs another approval', async () => {
  const ticket = await desk.approved(t.outsider);
  await desk.run(t.outsider, ticket);
  const failed = (await desk.ticket(ticket.id)).parts[0]!.operationId!;
  await desk.end(desk.shop.online, 'failed');
  await t.db('placements').where({ project_id: desk.shop.online.id }).update({ processes: 5 });
  const before = await launched();
  const resumed = await t.admin.post(`/operations/${failed}/resume`, { idempotencyKey: ulid() });
  expect(resumed.status).toBe(403);
  expect(resumed.text).toContain('name="pass"');
  const unasked = await t.member.post(`/operations/${failed}/resume`, { idempotencyKey: ulid(), pass: 'x' });
  expect(unasked.status).toBe(403);
  expect(unasked.text).not.toContain('name="pass"');
  expect(await launched()).toBe(before);
});

test('an admin goes past it with a reason, which is kept with the operation that goes on', async () => {
  const ticket = await desk.approved(t.outsider);
  await desk.run(t.outsider, ticket);
  const failed = (await desk.ticket(ticket.id)).parts[0]!.operationId!;
  await desk.end(desk.shop.online, 'failed');
  await t.db('placements').where({ project_id: desk.shop.online.id }).update({ processes: 6 });
  const sent = { idempotencyKey: ulid(), pass: 'the shop is down' };
  const resumed = await t.admin.post(`/operations/${failed}/resume`, sent);
  const id = resumed.headers.location?.split('/').pop() ?? '';
  expect(await operations.byId(t.db, id)).toMatchObject({
    ...{ relation: 'resume', ticketId: null },
    admission: { passed: { gates: ['ticket'], reason: 'the shop is down' } },
  });
});

test('an approved ticket is run by its applicant, and by people who may deploy; by nobody else', async () => {
  const ticket = await desk.approved(t.admin, {}, t.member);
  await t.grant({ config: false, deploy: false });
  expect((await desk.run(t.outsider, ticket)).status).toBe(404);
  expect((await desk.run(t.member, ticket)).status).toBe(403);
  await t.grant({ config: false, deploy: true });
  expect((await desk.run(t.member, ticket)).status).toBe(303);
});
