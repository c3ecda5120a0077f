import { afterAll, beforeAll, expect, test } from 'vitest';
import { happened } from '../store/hand-made.ts';
import { type Browser, type Town, town } from './people.ts';
import type { Shop } from './shop.ts';
import { historyIn } from './statistics-town.ts';

let t: Town;
let shop: Shop;
let alien: string;

beforeAll(async () => {
  t = await town();
  ({ shop, alien } = await historyIn(t, Date.now()));
});
afterAll(() => t.end());

const plain = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'");
const textOf = async (who: Browser, path: string) => plain((await who.get(path).expect(200)).text);
/** Every number of a page with the list that it opens. */
const numbersOf = (text: string) =>
  [...text.matchAll(/<a href="(\/statistics\/operations\?[^"]+)">(\d+)[^<]*<\/a>/g)].map(
    ([, href, number]) => ({ href: href!, number: Number(number) }),
  );
const rowsOf = (text: string) => text.match(/href="\/operations\/[0-9A-Z]{26}"/g)?.length ?? 0;
const figures = (text: string) =>
  [...text.matchAll(/class="stat-figure">([^<]*)</g)].map(([, figure]) => figure);

test('the four numbers of a history, as they are read', async () => {
  const text = await textOf(t.member, '/statistics?days=7');
  expect(figures(text)).toEqual(['0.43 per day', '1.5 days', '50%', '3.5 hrs']);
  for (const sentence of ['The median time from a commit', 'The share of ended production deploys'])
    expect(text).toContain(sentence);
});

test('each number opens the list of the operations that made it', async () => {
  const numbers = numbersOf(await textOf(t.member, '/statistics?weeks=4&days=28'));
  expect(numbers.filter(({ number }) => number > 0).length).toBeGreaterThan(15);
  expect(numbers.length).toBeGreaterThan(3 * 4 * 3);
  for (const { href, number } of numbers) {
    const list = await textOf(t.member, href);
    expect(rowsOf(list), href).toBe(number);
    expect(list, href).toContain(`Operations: ${number}`);
  }
});

test('an admin sees every group, a member their own, an outsider none', async () => {
  const total = async (who: Browser) =>
    numbersOf(await textOf(who, '/statistics')).find(({ href }) => href.includes('of=ended'))?.number;
  expect([await total(t.admin), await total(t.member), await total(t.outsider)]).toEqual([5, 4, 0]);
  const outside = await textOf(t.outsider, '/statistics');
  expect(outside).toContain('Nothing in these weeks');
  expect(outside).not.toContain('shop');
  expect(await textOf(t.member, '/statistics')).not.toContain(alien);
});

test('a group or project of others is reached by no address', async () => {
  const week = `of=updates&from=0&until=${Date.now() + 1000}`;
  for (const path of ['/statistics', '/statistics/weeks.csv', '/statistics/delivery.csv'])
    await t.member.get(`${path}?group=${alien}`).expect(404);
  await t.member.get(`/statistics/operations?${week}&group=${alien}`).expect(404);
  for (const query of [week, 'of=ended'])
    expect(
      rowsOf(await textOf(t.outsider, `/statistics/operations?${query}&project=${shop.online.id}`)),
    ).toBe(0);
  expect(await textOf(t.outsider, '/statistics/weeks.csv')).toBe(
    'project,week,updates,restarts,rollbacks\r\n',
  );
});

test('a group and a project narrow everything down', async () => {
  const numbers = numbersOf(await textOf(t.admin, `/statistics?project=${shop.test.id}&group=${t.groupId}`));
  expect(numbers.filter(({ number }) => number > 0).map(({ number }) => number)).toEqual([1, 1]);
});

test.each(['weeks=27', 'weeks=-1', 'days=0', "days=7'", 'group=%27', 'project=%25', 'weeks=4&weeks=8'])(
  'a hostile %s changes nothing',
  async (query) => {
    expect(numbersOf(await textOf(t.member, `/statistics?${query}`))).toHaveLength(51);
  },
);

test.each(['of=constructor', 'of=', 'of=updates', 'of=updates&from=-1&until=9', "of=updates&from=1&until='"])(
  'a list of %s is none',
  async (query) => {
    await t.member.get(`/statistics/operations?${query}`).expect(404);
  },
);

test('a long list is read page by page, each operation once', async () => {
  const start = Date.parse('2020-01-01T00:00:00Z');
  const one = { projectId: shop.online.id, groupId: t.groupId, kind: 'restart' };
  for (let index = 0; index < 103; index++) await happened(t.db, { ...one, at: start + index });
  const first = await textOf(
    t.member,
    `/statistics/operations?of=restarts&from=${start}&until=${start + 103}`,
  );
  const next = /href="([^"]*page=2)"/.exec(first)?.[1] ?? '';
  expect([rowsOf(first), first.includes('Operations: 103')]).toEqual([100, true]);
  const second = await textOf(t.member, next);
  expect(rowsOf(second)).toBe(3);
  expect(second).toContain('page=1');
});

test('both tables are files, whose cells are no formulas', async () => {
  const delivery = await t.admin.get('/statistics/delivery.csv?days=28').expect(200);
  expect(delivery.headers['content-disposition']).toBe('attachment; filename=statistics-delivery.csv');
  expect(delivery.headers['content-type']).toBe('text/csv; charset=utf-8');
  const lines = delivery.text.split('\r\n').map((line) => line.split(','));
  expect(lines[0]?.join()).toBe(
    'of,name,days,deploys,deploys_per_day,lead_seconds,leads,ended,failures,failure_rate,restored,restore_seconds',
  );
  expect(lines.filter(([of]) => of === 'group').map(([, name]) => name)).toEqual(["'=alien", 'shop']);
  const { text } = await t.member.get('/statistics/delivery.csv?days=28').expect(200);
  expect(text.split('\r\n').find((line) => line.startsWith('group'))).toBe(
    `group,shop,28,3,${3 / 28},${1.5 * 86_400},2,4,2,0.5,2,${3.5 * 3600}`,
  );
  const weeks = (await t.member.get('/statistics/weeks.csv?weeks=26').expect(200)).text.trim().split('\r\n');
  expect(weeks).toHaveLength(1 + 2 * 26);
  const sum = (column: number) =>
    weeks.slice(1).reduce((total, line) => total + Number(line.split(',')[column]), 0);
  expect([sum(2), sum(3), sum(4)]).toEqual([5, 1, 1]);
});
