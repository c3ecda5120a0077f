import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import * as channels from '../../src/store/channels.ts';
import * as groups from '../../src/store/groups.ts';
import * as notices from '../../src/store/notices.ts';
import { WebhookReceiver } from '../lab/webhook-receiver.ts';
import { PostOffice } from '../notify/post-office.ts';
import { type Town, town } from './people.ts';
import { commit } from './planned.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let desk: Desk;
let office: PostOffice;
let receiver: WebhookReceiver;
let everybodys: string;
const otherGroup = ulid();
beforeAll(async () => {
  t = await town();
  desk = await Desk.at(t);
  office = new PostOffice(t.db);
  receiver = await WebhookReceiver.start('a secret of the receiver');
  everybodys = await office.receiver(receiver);
  await groups.add(t.db, { id: otherGroup, name: 'others', notes: null });
});
afterAll(async () => {
  await office.close();
  await t.end();
});

type Event = { type: string; data: Record<string, unknown> };

/** What was written for a channel about a ticket, in its order. */
async function told(channelId: string, ticketId: string): Promise<Event[]> {
  const all = await notices.some(t.db, { channelId, limit: 200 });
  const own = all.filter((notice) => notice.ticketId === ticketId).reverse();
  return own.map(({ body }) => body.event as unknown as Event);
}
const typesOf = async (ticketId: string) => (await told(everybodys, ticketId)).map(({ type }) => type);

async function receiverOf(groupId: string): Promise<string> {
  const options = { url: receiver.url, secret: office.vault.seal(receiver.secret) };
  return channels.add(t.db, { kind: 'webhook', name: ulid(), groupId, options });
}

test('each change of a ticket is told to programs, signed and once', async () => {
  const ticket = await desk.approved(t.outsider);
  await desk.run(t.outsider, ticket);
  await desk.end(desk.shop.online, 'failed');
  await desk.approve(t.admin, ticket, { note: 'once more' });
  await desk.run(t.outsider, ticket);
  await desk.end(desk.shop.online, 'succeeded');
  const expected = ['filed', 'frozen', 'approved', 'running', 'failed', 'approved', 'running', 'done'];
  expect((await typesOf(ticket.id)).sort()).toEqual(expected.map((type) => `ticket.${type}`).sort());
  office.open();
  await office.quiet();
  expect(receiver.refused).toEqual([]);
  const heard = receiver.once.filter(({ data }) => data.ticket === ticket.id);
  expect(heard.map(({ type }) => type)).toHaveLength(expected.length);
  const approval = heard.find(({ data }) => data.why === 'once more');
  expect(approval).toMatchObject({
    type: 'ticket.approved',
    data: {
      ...{ change: 'approved', state: 'approved', applicant: 'outsider', by: 'admin', reason: 'new prices' },
      ...{ approved_by: 'admin', approved_until: expect.stringMatching(/^\d{4}-.*Z$/) },
      parts: [
        {
          ...{ project: 'online_shop', kind: 'deploy', ref: 'main', commit, hosts: null },
          ...{ group: t.groupId, state: 'open', operation: null, release: null },
        },
      ],
      url: `https://cedar.example.com/tickets/${ticket.id}`,
    },
  });
  const { operationId } = (await desk.ticket(ticket.id)).parts[0]!;
  expect(heard.find(({ type }) => type === 'ticket.done')?.data).toMatchObject({
    ...{ state: 'done', change: 'done', operation: operationId, project: 'online_shop', by: null },
    closed_at: expect.stringMatching(/Z$/),
  });
  const [notice] = await notices.some(t.db, { channelId: everybodys, limit: 1 });
  expect((await t.admin.get(`/notices/${notice!.id}`)).text).toContain(`href="/tickets/${ticket.id}"`);
});

test('refused, withdrawn, closed, expired and fallen are told with who and why', async () => {
  const refused = await desk.file(t.outsider);
  await t.admin.post(`/tickets/${refused.id}/refuse`, { reason: 'too late' });
  expect(
    (await told(everybodys, refused.id)).find(({ type }) => type === 'ticket.refused')?.data,
  ).toMatchObject({
    ...{ state: 'refused', by: 'admin', why: 'too late' },
  });
  const withdrawn = await desk.file(t.outsider);
  await t.outsider.post(`/tickets/${withdrawn.id}/withdraw`);
  expect(await typesOf(withdrawn.id)).toContain('ticket.withdrawn');
  const closed = await desk.file(t.outsider);
  await t.admin.post(`/tickets/${closed.id}/close`, { closing: 'by hand' });
  const end = (await told(everybodys, closed.id)).find(({ type }) => type === 'ticket.done');
  expect(end?.data).toMatchObject({ state: 'done', change: 'closed', why: 'by hand' });
  const expired = await desk.approved(t.outsider);
  await t.db('tickets').where({ id: expired.id }).update({ expires_at: 1 });
  await tendTickets(t.db);
  expect(await typesOf(expired.id)).toContain('ticket.expired');
  const fallen = await desk.approved(t.outsider);
  await t.db('placements').where({ project_id: desk.shop.online.id }).update({ processes: 3 });
  await tendTickets(t.db);
  const fell = (await told(everybodys, fallen.id)).find(({ type }) => type === 'ticket.fell');
  expect(fell?.data).toMatchObject({ state: 'waiting', approved_by: null, project: 'online_shop' });
});

test("a group's receiver hears of the tickets with a project of its own, and not of other groups' machines", async () => {
  const [own, foreign] = [await receiverOf(t.groupId), await receiverOf(otherGroup)];
  const [host] = desk.shop.hostIds;
  const ticket = await desk.file(t.admin, { hosts1: [host!] });
  expect((await told(own, ticket.id)).at(-1)?.data.parts).toMatchObject([{ hosts: ['web1'] }]);
  expect(await told(foreign, ticket.id)).toEqual([]);
  await t.db('projects').where({ id: desk.shop.test.id }).update({ group_id: otherGroup });
  const shared = await desk.file(t.admin, { hosts1: [host!], project2: 'test_shop', ref2: 'main' });
  const [theirs] = await told(foreign, shared.id);
  expect(theirs?.data.parts).toMatchObject([
    { project: 'online_shop', hosts: null },
    { project: 'test_shop' },
  ]);
  expect(JSON.stringify(theirs)).not.toContain('web1');
});
