import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { password, type Town, town } from './people.ts';
import { historyIn } from './statistics-town.ts';

let t: Town;
let listener: Listener;
beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  listener = await listen(t.app, '127.0.0.1', 0);
  await historyIn(t, Date.now());
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

async function signIn(tab: Page, name: string): Promise<void> {
  await tab.goto('/sign-in');
  await tab.fill('#f-username', name);
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
}

/** The colours that the chart shows, as `r,g,b`. */
const drawn = `(() => {
  const canvas = document.querySelector('#weekly-chart canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let index = 0; index < data.length; index += 4) seen.add(data.slice(index, index + 3).join());
  return [...seen];
})()`;

test.each([
  ['en', 'light', 1280],
  ['en', 'dark', 1280],
  ['zh-CN', 'light', 390],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with the statistics', async (locale, colorScheme, width) => {
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await signIn(tab, 'member');
  const found: string[] = [];
  for (const path of ['/statistics', '/statistics?weeks=26&days=365', '/statistics/operations?of=ended']) {
    await tab.goto(path);
    if (!path.includes('operations')) {
      await tab.locator('#weekly-chart canvas').waitFor();
      await tab.locator('#weekly-chart').hover();
    }
    for (const problem of await accessibilityProblems(tab)) found.push(`${path} ${problem}`);
    if (await tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth'))
      found.push(`${path} is wider than the screen`);
    await picture(tab, `${locale}-${colorScheme}${path.replaceAll(/\W/g, '-')}`);
  }
  expect(found).toEqual([]);
  expect(errors).toEqual([]);
  await visitor.close();
});

test('somebody without a group is told what is counted here', async () => {
  const visitor = await newVisitor({ baseURL: listener.address });
  const tab = await visitor.newPage();
  await signIn(tab, 'outsider');
  await tab.getByRole('link', { name: 'Statistics' }).click();
  await tab.getByText('Nothing in these weeks').waitFor();
  expect(await accessibilityProblems(tab)).toEqual([]);
  await visitor.close();
});

test('the chart draws what the table says, also when the theme changes', async () => {
  const visitor = await newVisitor({ baseURL: listener.address, colorScheme: 'light' });
  const tab = await visitor.newPage();
  await signIn(tab, 'member');
  await tab.goto('/statistics');
  await tab.locator('#weekly-chart canvas').waitFor();
  const light = (await tab.evaluate(drawn)) as string[];
  expect(light).toContain('47,111,196');
  expect(light).not.toContain('110,168,240');
  await tab.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => tab.evaluate(drawn)).toContain('110,168,240');
  await visitor.close();
});

test('without JavaScript the table says the same, and no empty chart stands there', async () => {
  const visitor = await newVisitor({ baseURL: listener.address, javaScriptEnabled: false });
  const tab = await visitor.newPage();
  await signIn(tab, 'member');
  await tab.goto('/statistics');
  expect(await tab.locator('#weekly-chart').isVisible()).toBe(false);
  expect(await tab.locator('[data-all] tr').count()).toBe(3);
  await visitor.close();
});

/** Keeps a picture where CEDAR_SCREENSHOTS names a folder. */
async function picture(tab: Page, name: string): Promise<void> {
  const folder = process.env.CEDAR_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
