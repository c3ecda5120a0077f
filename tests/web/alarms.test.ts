import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as alarms from '../../src/store/alarms.ts';
import * as channels from '../../src/store/channels.ts';
import * as mutes from '../../src/store/mutes.ts';
import * as routes from '../../src/store/news-routes.ts';
import * as placements from '../../src/store/placements.ts';
import * as questions from '../../src/store/questions.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { alarmOf } from './alarmed.ts';
import { password, type Town, town } from './people.ts';
import { runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let listener: Listener;
beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  shop = await shopIn(t);
  listener = await listen(t.app, '127.0.0.1', 0);
});
beforeEach(async () => {
  for (const table of ['alarms', 'mutes', 'news_routes']) await t.db(table).delete();
  await t.grant({ config: false, deploy: false });
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

async function alarmed(project = shop.online, over = {}): Promise<string> {
  const [placement] = await placements.ofProject(t.db, project.id);
  return alarmOf(t.db, project, placement!, over);
}

const audited = async (action: string) => t.db('audit').where({ action, result: 'ok' });

test('an alarm is shown to whoever sees the service, and to nobody else', async () => {
  const id = await alarmed();
  for (const browser of [t.admin, t.member]) {
    expect((await browser.get('/alarms')).text).toContain('online_shop');
    expect((await browser.get(`/alarms/${id}`)).text).toContain('exit status 7');
  }
  expect((await t.outsider.get('/alarms')).text).not.toContain('online_shop');
  expect((await t.outsider.get(`/alarms/${id}`)).status).toBe(404);
  expect((await t.member.get('/alarms/none')).status).toBe(404);
  expect((await t.member.get('/alarms')).text).not.toContain(shop.hostIds[0]);
});

test('whoever may deploy the service takes care of it, once', async () => {
  const id = await alarmed();
  expect((await t.member.post(`/alarms/${id}/acknowledge`, { note: '' })).status).toBe(403);
  await t.grant({ config: false, deploy: true });
  expect((await t.member.get(`/alarms/${id}`)).text).toContain('acknowledge');
  expect((await t.member.post(`/alarms/${id}/acknowledge`, { note: 'a disk' })).status).toBe(303);
  expect(await alarms.byId(t.db, id)).toMatchObject({ acknowledgedBy: 'member', note: 'a disk' });
  expect((await t.admin.post(`/alarms/${id}/acknowledge`, { note: '' })).status).toBe(303);
  expect(await audited('alarm.acknowledge')).toHaveLength(1);
  expect((await t.member.get(`/alarms/${id}`)).text).toContain('a disk');
});

test('the operation before it is named, with the way back', async () => {
  const run = await runIn(t, shop, shop.online);
  const id = await alarmed();
  const endedAt = Date.now() - 147_000;
  await t.db('alarms').where({ id }).update({ suspect_id: run.operation.id, suspect_ended_at: endedAt });
  await t
    .db('alarms')
    .where({ id })
    .update({ bad_since: endedAt + 87_000 });
  const page = await t.member.get(`/alarms/${id}`);
  expect(page.text).toMatch(/87 s after/);
  expect(page.text).toContain(`href="/operations/${run.operation.id}"`);
});

test('admins mute with a reason, and end it; the alarm says so', async () => {
  await alarmed();
  const form = { scope: `project:${shop.online.id}`, reason: 'moving house', from: '', until: '', hours: '' };
  expect((await t.member.post('/mutes', form)).status).toBe(403);
  expect((await t.admin.post('/mutes', form, '/mutes')).status).toBe(303);
  expect((await t.member.get('/alarms')).text).toContain('moving house');
  const [mute] = await mutes.current(t.db);
  expect(mute).toMatchObject({ scope: { kind: 'project' }, until: null, hours: null });
  expect((await t.admin.post(`/mutes/${mute!.id}/end`, {}, '/mutes')).status).toBe(303);
  expect(await mutes.current(t.db)).toEqual([]);
  expect((await t.admin.post('/mutes/none/end', {}, '/mutes')).status).toBe(404);
  expect(await audited('mute.add')).toHaveLength(1);
  expect(await audited('mute.end')).toHaveLength(1);
});

test.each([
  [{ scope: 'project:none' }, 'scope'],
  [{ scope: 'host:none' }, 'scope'],
  [{ reason: '' }, 'reason'],
  [{ until: '2020-01-01T00:00' }, 'until'],
  [{ until: 'soon' }, 'until'],
  [{ from: '2999-01-02T00:00', until: '2999-01-01T00:00' }, 'until'],
  [{ hours: 'always' }, 'hours'],
])('a mute %j is refused at its field, and what was typed comes back', async (over, field) => {
  const form = { scope: 'everything:', reason: 'kept words', from: '', until: '', hours: '', ...over };
  const answer = await t.admin.post('/mutes', form);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain(`f-${field}-note`);
  if (field !== 'reason') expect(answer.text).toContain('kept words');
  expect(await mutes.current(t.db)).toEqual([]);
});

test('in some hours alone, on a machine', async () => {
  const scope = `host:${shop.hostIds[0]}`;
  const form = { scope, reason: 'backup', from: '', until: '', hours: 'daily 02:00-04:00' };
  expect((await t.admin.post('/mutes', form)).status).toBe(303);
  const [mute] = await mutes.current(t.db);
  expect(mute?.hours).toMatchObject({ zone: 'Asia/Shanghai', weekly: [{ hours: [{ from: 120, to: 240 }] }] });
});

test('the end of a maintenance is read and shown in the zone of the person', async () => {
  const zoned = (timeZone: string) =>
    t.admin.post('/profile', { displayName: 'admin', language: '', theme: '', timeZone });
  const form = { scope: 'everything:', reason: 'moving', from: '', until: '2036-07-01T09:30', hours: '' };
  try {
    await zoned('America/New_York');
    expect((await t.admin.post('/mutes', form)).status).toBe(303);
    const [mute] = await mutes.current(t.db);
    expect(mute?.until).toBe(Date.parse('2036-07-01T13:30:00Z'));
    expect(await untilShown()).toMatch(/09:30/);
    await zoned('Asia/Shanghai');
    expect(await untilShown()).toMatch(/21:30/);
  } finally {
    await zoned('');
  }
});

/** The time in the column of the ends of the one mute that there is. */
async function untilShown(): Promise<string> {
  const times = [...(await t.admin.get('/mutes')).text.matchAll(/<time [^>]*>([^<]*)<\/time>/g)];
  expect(times).toHaveLength(2);
  return times[1]?.[1] ?? '';
}

test('routes are added and removed by admins, from what there is', async () => {
  const robot = await channels.add(t.db, { kind: 'dingtalk', name: 'pager', groupId: null, options: {} });
  const form = { kind: 'alarm', groupId: t.groupId, environment: 'test', channelId: robot };
  expect((await t.member.post('/notices/routes', form)).status).toBe(403);
  expect((await t.admin.post('/notices/routes', { ...form, environment: 'none' })).status).toBe(422);
  expect((await t.admin.post('/notices/routes', { ...form, channelId: '' })).status).toBe(422);
  expect((await t.admin.post('/notices/routes', form)).status).toBe(303);
  expect((await t.admin.get('/notices/routes')).text).toContain('pager');
  const [route] = await routes.all(t.db);
  expect(route).toMatchObject(form);
  expect((await t.admin.post(`/notices/routes/${route!.id}/delete`)).status).toBe(303);
  expect(await routes.all(t.db)).toEqual([]);
  expect((await t.admin.post(`/notices/routes/${route!.id}/delete`)).status).toBe(404);
});

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with any page', async (locale, colorScheme, width) => {
  const id = await alarmed();
  await alarmed(shop.test, { key: 'service:other' });
  const scope = { kind: 'everything', id: '' } as const;
  const draft = { scope, reason: 'moving', from: 0, until: null, hours: null, byName: 'A', byId: null };
  await mutes.add(t.db, draft);
  const visitor = await newVisitor({
    ...{ locale, colorScheme, viewport: { width, height: 800 }, baseURL: listener.address },
  });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  const [placement] = await placements.ofProject(t.db, shop.test.id);
  const args = { placementId: placement!.id, process: 0 };
  const log = await questions.ask(t.db, { kind: 'log-tail', args, askedBy: null, deadlineMs: 60_000 });
  await questions.answer(t.db, log, { logs: [{ stream: 'stderr', text: 'no database' }] });
  const found: string[] = [];
  for (const path of [
    '/health',
    '/projects/online_shop/health',
    `/projects/test_shop/processes/${placement!.id}?log=${log}`,
    `/hosts/${shop.hostIds[0]}/health`,
    '/alarms',
    `/alarms/${id}`,
    '/mutes',
    '/notices/routes',
  ]) {
    await tab.goto(path);
    for (const problem of await accessibilityProblems(tab)) found.push(`${path} ${problem}`);
    const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    if (await tab.evaluate(wide)) found.push(`${path} is wider than the screen`);
  }
  expect(found).toEqual([]);
  expect(errors).toEqual([]);
  await visitor.close();
});
