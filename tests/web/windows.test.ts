import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { originalHours } from '../../src/model/window-text.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as groups from '../../src/store/groups.ts';
import * as windows from '../../src/store/windows.ts';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

const typed = { scope: 'environment:online', zone: 'Asia/Shanghai', hours: originalHours, extra: '' };

test('the window of the original is offered ready to save, and nothing is set before', async () => {
  expect(await windows.all(t.db)).toEqual([]);
  expect((await t.admin.get('/windows')).text).toContain('/windows/new?preset=original');
  const page = (await t.admin.get('/windows/new?preset=original')).text;
  expect(page).toContain(originalHours);
  expect(page).toContain('value="Asia/Shanghai" selected');
});

test('an admin sets, changes and removes a window; before and after are in the audit trail', async () => {
  expect((await t.admin.post('/windows', typed)).status).toBe(303);
  const [kept] = await windows.all(t.db);
  expect(kept).toMatchObject({ scope: { kind: 'environment', id: 'online' }, hours: originalHours });
  const again = await t.admin.post('/windows', typed);
  expect(again.status).toBe(422);
  expect(again.text).toContain('There is a window on this already');
  const wrong = { ...typed, hours: 'mon 10:00-11:00\nnever <b>', zone: 'Mars/Crater' };
  const refused = await t.admin.post(`/windows/${kept!.id}`, { ...wrong, zone: 'UTC' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('never &lt;b&gt;');
  expect(refused.text).toContain('Line 2: days, then hours');
  expect((await t.admin.post(`/windows/${kept!.id}`, wrong)).status).toBe(422);
  expect((await t.admin.post('/windows', { ...typed, scope: `project:${ulid()}` })).status).toBe(422);
  const extra = { ...typed, hours: '', extra: '2026-10-10 09:00-18:00' };
  expect((await t.admin.post(`/windows/${kept!.id}`, extra)).status).toBe(303);
  const row = await t.db('audit').where({ action: 'window.change', result: 'ok' }).first();
  expect(JSON.parse(row.before).hours).toBe(originalHours);
  expect(JSON.parse(row.after).extra).toBe('2026-10-10 09:00-18:00');
  expect((await t.admin.post(`/windows/${kept!.id}/delete`)).status).toBe(303);
  expect(await windows.all(t.db)).toEqual([]);
});

test('a freeze has an end after its beginning and a reason', async () => {
  const freeze = {
    scope: 'everything:',
    from: '2036-01-01T10:00',
    to: '2036-01-03T10:00',
    reason: 'new year',
  };
  const refused = await t.admin.post('/freezes', { ...freeze, to: '2036-01-01T10:00' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('It must end after it begins.');
  expect(refused.text).toContain('value="new year"');
  expect((await t.admin.post('/freezes', { ...freeze, reason: ' ' })).status).toBe(422);
  expect((await t.admin.post('/freezes', { ...freeze, from: 'soon' })).status).toBe(422);
  expect((await t.admin.post('/freezes', freeze)).status).toBe(303);
  const [kept] = await freezes.endingAfter(t.db, 0);
  expect((await t.admin.get(`/freezes/${kept!.id}`)).text).toContain('value="2036-01-01T10:00"');
  expect((await t.member.get('/windows')).text).toContain('new year');
  const path = `/freezes/${kept!.id}`;
  expect((await t.admin.post(path, { ...freeze, reason: 'later' })).status).toBe(303);
  expect((await freezes.byId(t.db, kept!.id))?.reason).toBe('later');
  expect((await t.admin.post(`${path}/delete`)).status).toBe(303);
  expect((await t.admin.get(path)).status).toBe(404);
});

test('what they bind is a setting of the console', async () => {
  const rules = { kinds: ['deploy', 'restart'], exemptGroups: [t.groupId], exemptProjects: [shop.test.id] };
  expect((await t.admin.post('/windows/rules', { ...rules, everywhere: 'on' })).status).toBe(303);
  expect(await windows.rules(t.db)).toEqual({ ...rules, everywhere: true });
  expect((await t.admin.post('/windows/rules', { kinds: 'unlock' })).status).toBe(422);
  expect((await t.admin.post('/windows/rules', { exemptGroups: ulid() })).status).toBe(422);
});

test('the calendar shows open hours and freezes of a month, day by day, to everybody', async () => {
  const scope = { kind: 'environment', id: 'online' } as const;
  const hours = { hours: 'mon-fri 10:00-11:30', extra: '2035-09-01 09:00-10:00' };
  const id = await windows.add(t.db, { scope, zone: 'Asia/Shanghai', ...hours });
  const away = { scope: { kind: 'environment', id: 'test' } as const, zone: 'UTC', hours: '', extra: '' };
  const other = await windows.add(t.db, { ...away, hours: 'mon 22:00-02:00' });
  const [from, to] = [Date.parse('2035-09-05T16:00:00Z'), Date.parse('2035-09-07T04:00:00Z')];
  await freezes.add(t.db, { scope: { kind: 'everything', id: '' }, from, to, reason: 'moving', by: 'Ada' });
  const { text } = await t.member.get('/windows?month=2035-09');
  const days = Object.fromEntries(
    [...text.matchAll(/<time datetime="(2035-\d\d-\d\d)">([\s\S]*?)<\/td>/g)].map(([, day, cell]) => [
      day,
      cell?.replaceAll(/<svg[\s\S]*?<\/svg>|<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '),
    ]),
  );
  expect(Object.keys(days)).toHaveLength(35);
  expect(days['2035-09-01']).toContain('environment online 09:00–10:00');
  expect(days['2035-09-02']).toBe('2 ');
  expect(days['2035-09-03']).toContain('environment online 10:00–11:30');
  expect(days['2035-09-03']).toContain('environment test 22:00–02:00 UTC');
  expect(days['2035-09-05']).not.toContain('Frozen');
  expect(days['2035-09-06']).toContain('Frozen, everything: moving');
  expect(days['2035-09-07']).toContain('Frozen for a part of the day, everything: moving');
  expect(days['2035-09-08']).not.toContain('Frozen');
  const one = (await t.member.get(`/windows?month=2035-09&set=${other}`)).text;
  expect(one).toContain('22:00–02:00');
  expect(one).not.toContain('10:00–11:30');
  expect((await t.member.get('/windows?month=2035-13')).status).toBe(200);
  for (const kept of [id, other]) await windows.remove(t.db, kept);
});

test('nobody learns from windows and freezes what groups and projects there are', async () => {
  const id = ulid();
  await groups.add(t.db, { id, name: 'secret-lab', notes: null });
  const scope = { kind: 'group', id } as const;
  await windows.add(t.db, { scope, zone: 'UTC', hours: 'mon 01:23-04:56', extra: '' });
  const [from, to] = [Date.now(), Date.now() + 1e9];
  await freezes.add(t.db, { scope, from, to, reason: 'moving out', by: 'Ada' });
  expect((await t.admin.get('/windows')).text).toContain('secret-lab');
  for (const browser of [t.member, t.outsider]) {
    const { text, status } = await browser.get('/windows');
    expect(status).toBe(200);
    expect(text).not.toMatch(/secret-lab|moving out|01:23/);
  }
});
