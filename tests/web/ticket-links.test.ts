import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import { hasText } from '../../src/i18n/index.ts';
import { hostSettingsSchema } from '../../src/model/host-settings.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
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

/** Carries a ticket out to its end; answers the operation's id. */
async function carried(ticketId: string, state: 'succeeded' | 'failed'): Promise<string> {
  await desk.run(t.outsider, await desk.ticket(ticketId));
  const { operationId } = (await desk.ticket(ticketId)).parts[0]!;
  await desk.end(desk.shop.online, state);
  return operationId!;
}

test('ticket, operation and release lead to each other', async () => {
  const ticket = await desk.approved(t.outsider);
  const operation = await carried(ticket.id, 'succeeded');
  const release = await releaseOf(t, desk.shop.online);
  await t.db('releases').where({ id: release.id }).update({ operation_id: operation });
  await t.db('operations').where({ id: operation }).update({ release_id: release.id });
  const toRelease = `/projects/online_shop?release=${release.id}`;
  const ofTicket = (await t.admin.get(`/tickets/${ticket.id}`)).text;
  for (const link of [`/operations/${operation}`, toRelease]) expect(ofTicket).toContain(`href="${link}"`);
  const ofOperation = (await t.admin.get(`/operations/${operation}`)).text;
  for (const link of [`/tickets/${ticket.id}`, toRelease]) expect(ofOperation).toContain(`href="${link}"`);
  const ofRelease = (await t.admin.get(toRelease)).text;
  expect(ofRelease).toMatch(new RegExp(`name="releaseId" value="${release.id}" checked`));
  for (const link of [`/tickets/${ticket.id}`, `/operations/${operation}`])
    expect(ofRelease).toContain(`href="${link}"`);
});

test('a deploy that failed offers the way back that its ticket chose, while it is kept', async () => {
  const release = await releaseOf(t, desk.shop.online);
  const ticket = await desk.approved(t.member, { release1: release.id });
  await desk.run(t.member, ticket);
  const id = (await desk.ticket(ticket.id)).parts[0]!.operationId!;
  const back = `href="/projects/online_shop?release=${release.id}"`;
  const actions = async () =>
    /<div class="op-actions">[\s\S]*/.exec((await t.admin.get(`/operations/${id}`)).text)?.[0];
  expect(await actions()).not.toContain(back);
  await desk.end(desk.shop.online, 'failed');
  expect(await actions()).toContain(back);
  await t.db('releases').where({ id: release.id }).update({ state: 'removed' });
  expect(await actions()).not.toContain(back);
});

test('the configuration that a ticket would bring is frozen in it, and only members read it', async () => {
  const first = await desk.file(t.outsider, { project1: 'test_shop' });
  expect(first.parts[0]?.configuration).toEqual({ first: true, changes: [], more: 0 });
  await carried((await desk.approved(t.outsider)).id, 'succeeded');
  const same = await desk.file(t.outsider);
  expect(same.parts[0]?.configuration).toEqual({ first: false, changes: [], more: 0 });
  const { id, revision, settings } = (await projects.byId(t.db, desk.shop.online.id))!;
  const env = [{ name: 'PRICES', value: t.vault.seal('from the moon'), secret: true }];
  const changed = { ...settings, startSeconds: settings.startSeconds + 7 };
  await projects.update(t.db, id, revision, { env, settings: changed });
  await tendTickets(t.db);
  const { configuration } = (await desk.ticket(same.id)).parts[0]!;
  expect(configuration?.changes).toEqual([
    {
      ...{ name: 'startSeconds', what: 'changed' },
      ...{ before: String(settings.startSeconds), after: String(changed.startSeconds) },
    },
    { name: 'variable PRICES', what: 'came', before: null, after: null },
  ]);
  expect(JSON.stringify(configuration)).not.toContain('moon');
  expect((await t.admin.get(`/tickets/${same.id}`)).text).toContain('variable PRICES');
  expect((await t.outsider.get(`/tickets/${same.id}`)).text).not.toContain('PRICES');
});

test('each setting of a host has a name to be shown under', () => {
  const names = Object.keys(hostSettingsSchema.shape).filter((name) => name !== 'supervisorPassword');
  expect(names.filter((name) => !hasText(`hosts.settings.${name}`))).toEqual([]);
});
