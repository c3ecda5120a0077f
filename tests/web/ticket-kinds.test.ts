import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import type { Project } from '../../src/model/project.ts';
import type { Ticket } from '../../src/model/ticket.ts';
import * as operations from '../../src/store/operations.ts';
import * as projects from '../../src/store/projects.ts';
import type { Browser } from './people.ts';
import { type Town, town } from './people.ts';
import { releaseOf } from './shop.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let desk: Desk;
beforeAll(async () => {
  t = await town();
  desk = await Desk.at(t);
  await t.admin.post('/environments/online/tickets', { ticketNeeded: 'on' });
});
afterEach(() => desk.clear());
afterAll(() => t.end());

const operationOf = async ({ id }: Ticket) =>
  (await operations.byId(t.db, (await desk.ticket(id)).parts[0]!.operationId!))!;

async function ran(by: Browser, form: Record<string, string | string[]>): Promise<Ticket> {
  const ticket = await desk.approved(by, form);
  const answer = await desk.run(by, ticket);
  expect(answer.status, answer.text).toBe(303);
  return ticket;
}

/** What is promoted has the code of what it is promoted to. */
async function sameCode(): Promise<Project> {
  const { online, test: source } = desk.shop;
  await t.db('projects').where({ id: source.id }).update({ git_url: online.gitUrl, type: online.type });
  return (await projects.byId(t.db, source.id))!;
}

test('a promotion to production goes by ticket where one is needed, without an admin', async () => {
  const release = await releaseOf(t, await sameCode());
  const bare = { kind: 'promote', source: release.id, ref: '' };
  expect((await desk.press(t.admin, desk.shop.online, bare)).status).toBe(403);
  const wish = { kind1: 'promote', what1: release.id, ref1: '' };
  expect((await t.member.get('/tickets/new?project1=online_shop')).text).toContain(release.name);
  const ticket = await ran(t.member, wish);
  expect(await operationOf(ticket)).toMatchObject({
    ...{ kind: 'promote', ticketId: ticket.id, requestedName: 'member', ref: null },
    snapshot: { params: { promotion: { releaseId: release.id } } },
    admission: { passed: null },
  });
  await desk.end(desk.shop.online, 'succeeded');
  expect((await desk.ticket(ticket.id)).state).toBe('done');
});

test('a rollback goes to the release that was approved, and to no other', async () => {
  const release = await releaseOf(t, desk.shop.online);
  const ticket = await ran(t.member, { kind1: 'rollback', what1: release.id });
  expect(await operationOf(ticket)).toMatchObject({ kind: 'rollback', releaseId: release.id });
  await desk.end(desk.shop.online, 'failed');
  expect((await desk.ticket(ticket.id)).state).toBe('waiting');
});

test('a restart is asked for by a person without grants, frozen, and falls with its plan', async () => {
  const ticket = await desk.approved(t.outsider, { kind1: 'restart' });
  expect(ticket.parts[0]).toMatchObject({ kind: 'restart', commit: null, ref: '' });
  expect((await t.outsider.get(`/tickets/${ticket.id}`)).text).toContain('Restart online_shop now');
  await t.db('placements').where({ project_id: desk.shop.online.id }).update({ processes: 7 });
  await tendTickets(t.db);
  expect((await desk.ticket(ticket.id)).state).toBe('waiting');
  expect((await desk.approve(t.admin, await desk.ticket(ticket.id))).status).toBe(303);
  expect((await desk.run(t.outsider, ticket)).status).toBe(303);
  expect(await operationOf(ticket)).toMatchObject({ kind: 'restart', ticketId: ticket.id });
});

test('a configuration is pushed as it was approved, with or without a restart', async () => {
  const ticket = await ran(t.outsider, { kind1: 'push-configuration', restart1: 'on' });
  expect(await operationOf(ticket)).toMatchObject({
    ...{ kind: 'push-configuration', ticketId: ticket.id },
    snapshot: { params: { restart: true } },
  });
});

test('a release that is gone by the time takes the approval back', async () => {
  const release = await releaseOf(t, desk.shop.online);
  const ticket = await desk.approved(t.member, { kind1: 'rollback', what1: release.id });
  await t.db('releases').where({ id: release.id }).update({ state: 'pruned' });
  expect((await desk.run(t.member, ticket)).status).toBe(422);
  await tendTickets(t.db);
  const fallen = await desk.ticket(ticket.id);
  expect(fallen).toMatchObject({ state: 'waiting', parts: [{ problem: { code: 'no_such_release' } }] });
  expect((await t.admin.get(`/tickets/${ticket.id}`)).text).not.toContain('/approve');
});

test.each([
  [{ kind1: 'rollback' }, 'what1'],
  [{ kind1: 'promote' }, 'what1'],
  [{ kind1: 'rollback', what1: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'what1'],
  [{ kind1: 'stop' }, 'kind1'],
])('%j is refused with the field named', async (form, field) => {
  const hosts1 = desk.shop.hostIds;
  const sent = { project1: 'online_shop', reason: 'keep me', hosts1, ...form };
  const wrong = await t.admin.post('/tickets', sent);
  expect(wrong.status).toBe(422);
  expect(wrong.text).toMatch(new RegExp(`name="${field}"[^>]*is-invalid`));
  expect(wrong.text).toContain('keep me');
});

test('a release of a project that the filer may not see is none', async () => {
  const release = await releaseOf(t, await sameCode());
  for (const kind1 of ['promote', 'rollback']) {
    const sent = { project1: 'online_shop', reason: 'x', kind1, what1: release.id };
    expect((await t.outsider.post('/tickets', sent)).status).toBe(422);
  }
  const both = {
    project1: 'online_shop',
    hosts1: desk.shop.hostIds,
    reason: 'x',
    kind1: 'restart',
    what1: release.id,
  };
  expect((await t.member.post('/tickets', both)).status).toBe(422);
});
