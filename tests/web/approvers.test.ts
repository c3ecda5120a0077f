import { ulid } from 'ulid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Browser, type Town, town } from './people.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let desk: Desk;
let ids: Record<string, string>;
beforeAll(async () => {
  t = await town();
  desk = await Desk.at(t);
  ids = Object.fromEntries((await t.db('users')).map(({ id, username }) => [username, id]));
});
afterEach(async () => {
  await desk.clear();
  await t.db('approvers').delete();
  await t.db('approver_rules').delete();
  await t.grant({ config: false, deploy: false });
});
afterAll(() => t.end());

const ofGroup = (form: Record<string, string | string[]>, by: Browser = t.admin) =>
  by.post(`/groups/${t.groupId}/approvers`, form);
const ofProject = (form: Record<string, string | string[]>, by: Browser = t.admin) =>
  by.post('/projects/online_shop/approvers', form);

test('a chosen member without any grant decides, others with the right do not', async () => {
  expect((await ofProject({ who: 'people', people: [ids.member!], admins: 'on' })).status).toBe(303);
  const page = await t.admin.get('/projects/online_shop/approvers');
  expect(page.text).toMatch(new RegExp(`value="${ids.member}"\\s+checked`));
  const ticket = await desk.file(t.outsider);
  expect((await t.outsider.get(`/tickets/${ticket.id}`)).text).toMatch(/Who can approve[\s\S]*member/);
  expect((await desk.approve(t.member, ticket)).status).toBe(303);
  await ofProject({ who: 'people', people: [ids.admin!], admins: 'on' });
  await t.grant({ config: true, deploy: true });
  const other = await desk.file(t.outsider);
  expect((await desk.approve(t.member, other)).status).toBe(403);
  expect((await desk.approve(t.admin, other)).status).toBe(303);
});

test('never the applicant, chosen or not; and a chosen one who left the group decides no more', async () => {
  await ofGroup({ who: 'people', people: [ids.member!], admins: 'on' });
  const own = await desk.file(t.member);
  expect((await desk.approve(t.member, own)).status).toBe(403);
  const ticket = await desk.file(t.outsider);
  await t.db('grants').where({ user_id: ids.member }).delete();
  expect((await desk.approve(t.member, ticket)).status).toBe(404);
  expect((await desk.ticket(ticket.id)).state).toBe('waiting');
});

test('the project wins over its group, and administrators may be switched off', async () => {
  await t.grant({ config: false, deploy: true });
  await ofGroup({ who: 'people', people: [ids.admin!], admins: 'on' });
  expect((await ofProject({ who: 'holders' })).status).toBe(303);
  const ticket = await desk.file(t.outsider);
  expect((await desk.approve(t.admin, ticket)).status).toBe(403);
  expect((await desk.approve(t.member, ticket)).status).toBe(303);
  await ofProject({ who: 'usual' });
  const other = await desk.file(t.outsider);
  expect((await desk.approve(t.member, other)).status).toBe(403);
  expect((await desk.approve(t.admin, other)).status).toBe(303);
});

test('only admins choose, among members and admins; each change is in the audit trail', async () => {
  await t.grant({ config: true, deploy: true });
  for (const change of [ofGroup, ofProject])
    expect((await change({ who: 'people', people: [ids.member!], admins: 'on' }, t.member)).status).toBe(403);
  for (const people of [[], [ids.outsider!], [ulid()]]) {
    const wrong = await ofGroup({ who: 'people', people, admins: 'on' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('invalid-feedback');
  }
  expect((await ofGroup({ who: 'people', people: [ids.member!] })).status).toBe(422);
  expect((await ofGroup({ who: 'people', people: [ids.member!, ids.admin!] })).status).toBe(303);
  const row = await t
    .db('audit')
    .where({ action: 'group.approvers', result: 'ok' })
    .orderBy('at', 'desc')
    .first();
  expect(JSON.parse(row.after)).toEqual({ people: [ids.member, ids.admin], admins: false });
});
