import { ulid } from 'ulid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import { translator } from '../../src/i18n/index.ts';
import { plainLine } from '../../src/notify/line.ts';
import { messageOf } from '../../src/notify/say.ts';
import * as channels from '../../src/store/channels.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as groups from '../../src/store/groups.ts';
import * as handLocks from '../../src/store/hand-locks.ts';
import * as newsRoutes from '../../src/store/news-routes.ts';
import * as notices from '../../src/store/notices.ts';
import { setNeeded } from '../../src/store/ticket-rules.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { type Town, town } from '../web/people.ts';
import { commit } from '../web/planned.ts';
import { Desk } from '../web/ticket-desk.ts';
import { PostOffice } from './post-office.ts';

let t: Town;
let desk: Desk;
let office: PostOffice;
let robot: FakeDingtalk;
let others: FakeDingtalk;
const otherGroup = ulid();

beforeAll(async () => {
  t = await town();
  desk = await Desk.at(t);
  office = new PostOffice(t.db, { windowMs: 1000 });
  await groups.add(t.db, { id: otherGroup, name: 'others', notes: null });
  robot = await robotOf(t.groupId);
  others = await robotOf(otherGroup);
  office.open();
});
afterEach(async () => {
  await desk.clear();
  await office.quiet();
  for (const one of [robot, others]) one.received.length = 0;
});
afterAll(async () => {
  await office.close();
  await t.end();
});

async function robotOf(groupId: string): Promise<FakeDingtalk> {
  const fake = await FakeDingtalk.start({ token: ulid(), perWindow: 1000 });
  await channels.choose(t.db, `group:${groupId}`, await office.robot(fake));
  return fake;
}

/** Everything that a robot said, once all is told. Several may come as one message: its headings are those of all. */
async function said(fake: FakeDingtalk): Promise<string> {
  await office.quiet();
  return fake.received.map(({ text }) => text).join('\n');
}

/** What was written for a group's robot about a ticket, said in full, in its order. */
async function toldOf(
  ticketId: string,
  language: 'en' | 'zh-CN' = 'en',
  baseUrl = 'https://cedar.example.com',
) {
  const rows = await t.db('notices').where({ ticket_id: ticketId, topic: 'ticket' }).orderBy('id');
  const all = await Promise.all(rows.map(({ id }) => notices.byId(t.db, id)));
  return all.map((notice) => {
    const message = messageOf(translator(language), baseUrl, notice!);
    return { ...message, lines: message.lines.map(plainLine) };
  });
}

test('the filing is told to the robot of those who decide, the decision and the end too', async () => {
  const filed = await desk.file(t.outsider);
  const heard = await said(robot);
  for (const part of [
    ...['online_shop: outsider filed a ticket', 'online_shop: Deploy main', 'Applicant: outsider'],
    ...['Reason: new prices', `](https://cedar.example.com/tickets/${filed.id})`],
  ])
    expect(heard).toContain(part);
  expect((await desk.approve(t.admin, filed, { note: 'go ahead' })).status).toBe(303);
  expect(await said(robot)).toContain('online_shop: admin approved outsider’s ticket');
  await desk.run(t.outsider, filed);
  await desk.end(desk.shop.online, 'succeeded');
  expect(await said(robot)).toContain('online_shop: outsider’s ticket is done');
  const [, approved, done] = await toldOf(filed.id);
  expect(approved?.lines).toEqual([
    ...[`online_shop: Deploy main ${commit.slice(0, 8)}`, 'Applicant: outsider', 'Reason: new prices'],
    ...['Decided by: admin', 'Why: go ahead'],
    ...[expect.stringMatching(/^Approved until: \d\d\/\d\d\/\d{4}/), expect.stringMatching(/^Time: /)],
  ]);
  expect(done?.urgent).toBe(false);
  expect(await toldOf(filed.id)).toHaveLength(3);
});

test('a refusal, a withdrawal, a closing, an expiry and a fallen approval are told with who and why', async () => {
  const refused = await desk.file(t.outsider);
  await t.admin.post(`/tickets/${refused.id}/refuse`, { reason: 'too late' });
  const withdrawn = await desk.file(t.outsider);
  await t.outsider.post(`/tickets/${withdrawn.id}/withdraw`);
  const closed = await desk.file(t.outsider);
  await t.admin.post(`/tickets/${closed.id}/close`, { closing: 'done by hand' });
  const expired = await desk.approved(t.outsider);
  await t.db('tickets').where({ id: expired.id }).update({ expires_at: 1 });
  await tendTickets(t.db);
  const failed = await desk.approved(t.outsider);
  await desk.run(t.outsider, failed);
  await desk.end(desk.shop.online, 'failed');
  const fallen = await desk.approved(t.outsider);
  await t.db('placements').where({ project_id: desk.shop.online.id }).update({ processes: 3 });
  await tendTickets(t.db);
  const last = async (id: string) => (await toldOf(id)).at(-1)!;
  expect((await last(refused.id)).title).toBe('online_shop: admin refused outsider’s ticket');
  expect((await last(refused.id)).lines).toContain('Why: too late');
  expect((await last(withdrawn.id)).title).toBe('online_shop: outsider withdrew the ticket');
  expect((await last(closed.id)).title).toBe('online_shop: admin closed outsider’s ticket by hand');
  expect((await last(closed.id)).lines).toContain('Why: done by hand');
  expect((await last(expired.id)).title).toBe('online_shop: the approval of outsider’s ticket ran out');
  expect((await last(failed.id)).title).toContain(
    'did not succeed, outsider’s ticket waits for another approval',
  );
  expect((await last(fallen.id)).title).toContain(
    'the plan changed, outsider’s ticket waits for another approval',
  );
});

test('a ticket outside production is told to nobody', async () => {
  const { id } = await desk.file(t.outsider, { project1: 'test_shop' });
  await t.admin.post(`/tickets/${id}/refuse`, { reason: 'no' });
  expect(await toldOf(id)).toEqual([]);
  expect(await said(robot)).toBe('');
});

test('each group that owns a project hears of it, and of the other project its name alone', async () => {
  await t.db('projects').where({ id: desk.shop.test.id }).update({ group_id: otherGroup });
  await t.db('environments').update({ production: true });
  const { id } = await desk.file(t.admin, { project2: 'test_shop', ref2: 'secret-feature' });
  expect(await said(others)).toContain('online_shop, test_shop: admin filed a ticket');
  expect(await said(others)).toContain('secret-feature');
  expect(await said(robot)).toContain('Project: test_shop');
  expect(await said(robot)).not.toContain('secret-feature');
  expect(await toldOf(id)).toHaveLength(2);
  await t.db('projects').where({ id: desk.shop.test.id }).update({ group_id: t.groupId });
  await t.db('environments').where({ name: 'test' }).update({ production: false });
});

test('[S60] words of people make no link, call nobody, and links lead to the configured address alone', async () => {
  const reason = '[win](http://evil.example) @all **now**';
  const ticket = await desk.file(t.outsider, { reason });
  const heard = await said(robot);
  expect(heard).not.toContain('](http://evil');
  expect(heard).not.toContain('@all');
  expect(heard).not.toContain('**now**');
  expect([...heard.matchAll(/\]\((http[^)]*)\)/g)].map(([, link]) => link)).toEqual([
    `https://cedar.example.com/tickets/${ticket.id}`,
  ]);
  expect(robot.received.flatMap(({ mobiles }) => mobiles)).toEqual([]);
  const [notice] = await toldOf(ticket.id, 'zh-CN', '');
  expect(notice?.link).toBeNull();
  expect(notice?.title).toBe(
    translator('zh-CN')('notice.ticket.filed', { projects: 'online_shop', applicant: 'outsider' }),
  );
});

test('the end of an operation names the applicant of its ticket', async () => {
  const ticket = await desk.approved(t.outsider);
  await desk.press(t.admin, desk.shop.online, { ticket: ticket.id, commit });
  await desk.end(desk.shop.online, 'succeeded');
  const { operationId } = (await desk.ticket(ticket.id)).parts[0]!;
  const row = await t.db('notices').where({ operation_id: operationId, topic: 'operation' }).first();
  const { lines } = messageOf(translator('en'), '', (await notices.byId(t.db, row.id))!);
  const said = lines.map(plainLine);
  expect(said).toContain('Operator: admin');
  expect(said).toContain('Applicant: outsider');
});

test('[S30] who passes a freeze, a lock or a needed ticket is told to the group, with what and why', async () => {
  const scope = { kind: 'environment', id: 'online' } as const;
  const times = { from: Date.now() - 1000, to: Date.now() + 3_600_000 };
  const freeze = await freezes.add(t.db, { scope, ...times, reason: 'stocktaking', by: 'Ada' });
  await setNeeded(t.db, 'environment', 'online', true);
  const lock = { scope, warning: false, reason: 'cables', by: 'Ada', byAdmin: true, until: null };
  const locked = await handLocks.add(t.db, { ...lock, since: Date.now() });
  const refused = await desk.press(t.admin, desk.shop.online, {});
  expect(refused.status).toBe(409);
  expect((await desk.press(t.admin, desk.shop.online, { pass: 'the *checkout* is down' })).status).toBe(303);
  const heard = await said(robot);
  expect(heard).toContain('online_shop: admin passed what would have refused Deploy');
  for (const gate of ['lock', 'ticket', 'window'])
    expect(heard).toContain(`Passed: ${translator('en')(`gate.${gate}`)}`);
  expect(heard).toContain('Reason: the \\*checkout\\* is down');
  const row = await t.db('audit').where('after', 'like', '%checkout%').first();
  expect(JSON.parse(row.after).passed).toEqual({
    gates: ['lock', 'ticket', 'window'],
    reason: 'the *checkout* is down',
  });
  await freezes.remove(t.db, freeze);
  await handLocks.lift(t.db, locked, 'Ada');
  await setNeeded(t.db, 'environment', 'online', false);
});

test('a ticket is told where the routes say, of an environment that is not production too', async () => {
  const { test } = desk.shop;
  const other =
    [...(await channels.audiences(t.db))].find(([who]) => who === `group:${otherGroup}`)?.[1] ?? '';
  const route = { groupId: null, channelId: other };
  const ids = [
    await newsRoutes.add(t.db, { ...route, kind: 'ticket', environment: test.environment }),
    await newsRoutes.add(t.db, { ...route, kind: 'ticket', environment: null }),
  ];
  await desk.file(t.outsider);
  await desk.file(t.outsider, { project1: test.key });
  expect(await said(others)).toMatch(/online_shop: outsider filed[\s\S]*test_shop: outsider filed/);
  expect(await said(robot)).toBe('');
  for (const id of ids) await newsRoutes.remove(t.db, id);
});
