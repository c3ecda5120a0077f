import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Town, town } from './people.ts';
import { runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  for (let index = 0; index < 53; index++)
    await (await runIn(t, shop, shop.test, { ref: `v${index}-` })).finish('succeeded');
  const run = await runIn(t, shop, shop.online, { kind: 'restart', reason: 'leak' });
  await run.finish('failed');
});
afterAll(() => t.end());

const refsOf = (text: string) => [...text.matchAll(/v(\d+)-/g)].map((match) => Number(match[1]));

test('pages through everything, newest first, each once', async () => {
  const first = await t.member.get('/history').expect(200);
  const older = /href="(\/history\?[^"]*before=[^"]*)"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
  const second = await t.member.get(older).expect(200);
  const all = [...refsOf(first.text), ...refsOf(second.text)];
  expect(all).toEqual(Array.from({ length: 53 }, (_, index) => 52 - index));
  expect(second.text).toContain('Newest');
});

test.each([
  ['state=failed', true, 0],
  ['kind=restart', true, 0],
  ['kind=deploy&state=failed', false, 0],
  ['project=test_shop', false, 50],
  ['environment=online', true, 0],
  ['person=Ada', true, 49],
  ['person=nobody', false, 0],
  ['from=2000-01-01&until=2000-01-02', false, 0],
  ['project=none_such', false, 0],
])('filters by the address: %s', async (query, restart, deploys) => {
  const page = await t.member.get(`/history?${query}`).expect(200);
  expect(page.text.includes('leak')).toBe(restart);
  expect(refsOf(page.text)).toHaveLength(deploys);
});

test('hostile filters find nothing and break nothing', async () => {
  for (const query of [
    "state=' OR 1=1--",
    'before=%27',
    'group=x',
    'kind=%25',
    'from=zzz',
    'state=a&state=b',
  ])
    await t.member.get(`/history?${encodeURI(query)}`).expect(200);
});

test("a project's history shows it alone", async () => {
  const page = await t.member.get('/projects/online_shop/history').expect(200);
  expect(page.text).toContain('leak');
  expect(refsOf(page.text)).toHaveLength(0);
});

test('an outsider sees an empty history', async () => {
  const page = await t.outsider.get('/history').expect(200);
  expect(page.text).not.toContain('leak');
  expect(refsOf(page.text)).toHaveLength(0);
  const guess = await t.outsider.get(`/history?group=${t.groupId}&project=online_shop`).expect(200);
  expect(guess.text).not.toContain('leak');
});
