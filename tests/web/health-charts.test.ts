import { join } from 'node:path';
import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built } from '../../scripts/build.mjs';
import { COUNTED_MS, KEPT_MS } from '../../src/store/fleet-counts.ts';
import * as placements from '../../src/store/placements.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { root } from '../house/source.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { recordPlacements } from '../lab/looks.ts';
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
afterAll(async () => {
  await listener.close();
  await t.end();
});

test('where nothing was counted yet, it says so, and no library is named', async () => {
  for (const path of ['/health', '/projects/online_shop/health', '/alarms']) {
    const { text } = await t.member.get(path).set('Accept-Language', 'en');
    expect(text, path).toMatch(/No alarm in 30 days|counted every half an hour|Nothing in 30 days/);
    expect(text, path).not.toContain('data-chart');
    expect(text, path).not.toContain('echarts');
  }
});

async function furnish(): Promise<void> {
  const [placement] = await placements.ofProject(t.db, shop.online.id);
  const at = Math.floor(Date.now() / KEPT_MS) * KEPT_MS;
  const counts = [
    ...[0, 1, 2, 3].map((n) => ({ at: at - n * KEPT_MS, state: 'running', services: 7 + n })),
    ...[0, 1].map((n) => ({ at: at - n * COUNTED_MS, state: 'failed', services: 2 })),
  ].map((row) => ({ ...row, group_id: t.groupId }));
  await t.db('fleet_counts').insert([...counts, { at, state: 'running', services: 99, group_id: ulid() }]);
  const one = { since: null, release: null, message: null, processes: [] };
  await recordPlacements(t.db, [{ placementId: placement!.id, state: 'running', ...one }]);
  await t.db('placement_states').update({ seen_since: Date.now() - 5 * 86_400_000 });
  const run = await runIn(t, shop, shop.online);
  await run.finish('succeeded');
  await alarmOf(t.db, shop.online, placement!);
}

test('tables tell what was counted, of the person’s groups alone', async () => {
  await furnish();
  const text = async (who: 'admin' | 'member' | 'outsider', path: string) =>
    (await t[who].get(path).set('Accept-Language', 'en')).text;
  expect(await text('member', '/health')).toMatch(/data-value="7"/);
  expect(await text('member', '/health')).not.toMatch(/data-value="(99|106)"/);
  expect(await text('admin', '/health')).toMatch(/data-value="106"/);
  expect(await text('outsider', '/health')).not.toContain('data-value');
  expect(await text('outsider', '/alarms')).not.toContain('data-value');
  expect(await text('member', '/alarms')).toContain('data-value="1"');
  const project = await text('member', '/projects/online_shop/health');
  expect(project).toMatch(/data-value="1">1<\/td><td data-value="0">0<\/td><td data-value="100">100</);
});

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)(
  '%s, %s, %i px wide: charts are drawn, without a complaint',
  async (locale, colorScheme, width) => {
    const visitor = await newVisitor({
      ...{ locale, colorScheme, viewport: { width, height: 800 }, baseURL: listener.address },
      reducedMotion: 'reduce',
    });
    const tab = await visitor.newPage();
    const errors = listenForErrors(tab);
    await tab.goto('/sign-in');
    await tab.fill('#f-username', 'admin');
    await tab.fill('#f-password', password);
    await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
    const found: string[] = [];
    const paths = ['/health', '/projects/online_shop/health', `/hosts/${shop.hostIds[0]}/health`, '/alarms'];
    for (const path of paths) {
      await tab.goto(path);
      for (const chart of await tab.locator('[data-chart]').all()) {
        await chart.scrollIntoViewIfNeeded();
        await chart.locator('canvas').waitFor();
      }
      if (!path.startsWith('/hosts'))
        expect(await tab.locator('[data-chart] canvas').count()).toBeGreaterThan(0);
      for (const summary of await tab.locator('summary:has(+ .chart-table)').all()) await summary.click();
      for (const problem of await accessibilityProblems(tab)) found.push(`${path} ${problem}`);
      const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
      if (await tab.evaluate(wide)) found.push(`${path} is wider than the screen`);
      if (process.env.CEDAR_SCREENSHOTS)
        await tab.screenshot({
          path: `${process.env.CEDAR_SCREENSHOTS}/${locale}${path.replaceAll('/', '-')}.png`,
          fullPage: true,
        });
    }
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
    await visitor.close();
  },
);

test('what the compiled console draws with draws the very same', async () => {
  const made = join(built(root), 'src/web/browser/echarts.js');
  const [whole, small] = [await drawn(), await drawn(made)];
  expect(new Set(whole).size).toBe(whole.length);
  expect(small.map((picture, n) => picture === whole[n])).toEqual(whole.map(() => true));
});

/** The pictures of all charts, and with the pointer over them. */
async function drawn(library?: string): Promise<string[]> {
  const visitor = await newVisitor({ baseURL: listener.address, reducedMotion: 'reduce' });
  const tab = await visitor.newPage();
  const given: string[] = [];
  if (library)
    await tab.route('**/vendor/echarts.js', (route) => {
      given.push(route.request().url());
      return route.fulfill({ path: library });
    });
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  const found: string[] = [];
  for (const path of ['/health', '/projects/online_shop/health', '/alarms']) {
    await tab.goto(path);
    for (const chart of await tab.locator('[data-chart]').all()) {
      await chart.scrollIntoViewIfNeeded();
      await chart.locator('canvas').waitFor();
      found.push((await chart.screenshot()).toString('base64'));
      await chart.hover();
      found.push((await chart.screenshot()).toString('base64'));
    }
  }
  expect(given).toHaveLength(library ? 3 : 0);
  await visitor.close();
  return found;
}
