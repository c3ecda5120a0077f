import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as placements from '../../src/store/placements.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { newVisitor } from '../lab/browser.ts';
import { recordPlacements } from '../lab/looks.ts';
import { alarmOf } from './alarmed.ts';
import { password, type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let listener: Listener;
const ids: string[] = [];
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  for (const one of await placements.ofProject(t.db, shop.online.id)) ids.push(one.id);
  await see(0, 'running');
  await see(1, 'running');
  listener = await listen(t.app, '127.0.0.1', 0);
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

async function see(host: 0 | 1, state: 'running' | 'failed'): Promise<void> {
  const one = { since: null, release: null, message: state === 'failed' ? 'exit status 7' : null };
  const processes = [{ name: 'online_shop:a', state, pid: 7, since: null, message: null }];
  await recordPlacements(t.db, [{ placementId: ids[host]!, state, ...one, processes }]);
}

/** A tab that never asks by the clock: whatever comes there, the stream told of it. */
async function tabAt(path: string): Promise<Page> {
  const context = await newVisitor({ baseURL: listener.address });
  await context.addInitScript('window.setInterval = () => 0');
  const tab = await context.newPage();
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'member');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  await tab.goto(path);
  return tab;
}

/** What only this very page knows. */
const remember = (tab: Page) => tab.evaluate('window.theSame = true');
const isTheSame = (tab: Page) => tab.evaluate('window.theSame === true');

test('a flip is seen without a reload: on the list, the project and the machine', async () => {
  const paths = ['/health?q=online_shop', '/projects/online_shop/health', `/hosts/${shop.hostIds[0]}/health`];
  const tabs = await Promise.all(paths.map(tabAt));
  for (const tab of tabs) await remember(tab);
  await see(0, 'failed');
  for (const tab of tabs) await tab.getByText('exit status 7').first().waitFor();
  await see(0, 'running');
  for (const tab of tabs) await tab.locator('.op-live-running').first().waitFor();
  for (const tab of tabs) expect(await isTheSame(tab)).toBe(true);
  for (const tab of tabs) await tab.context().close();
});

test('an alarm that opens is seen on the list, and who takes care of it on its page', async () => {
  const list = await tabAt('/alarms');
  await remember(list);
  const [placement] = await placements.ofProject(t.db, shop.online.id);
  const id = await alarmOf(t.db, shop.online, placement!);
  await list.getByText('exit status 7').waitFor();
  expect(await isTheSame(list)).toBe(true);
  const page = await tabAt(`/alarms/${id}`);
  await remember(page);
  await t.db('alarms').where({ id }).update({ acknowledged_at: Date.now(), acknowledged_by: 'Ada Byron' });
  await page.getByText('Ada Byron').waitFor();
  expect(await isTheSame(page)).toBe(true);
  for (const tab of [list, page]) await tab.context().close();
});

test('where the stream does not come through, the page asks every five seconds', async () => {
  const context = await newVisitor({ baseURL: listener.address });
  await context.route('**/events*', (route) => route.abort());
  const tab = await context.newPage();
  await tab.clock.install();
  await tab.goto('/sign-in?next=/projects/online_shop/health');
  await tab.fill('#f-username', 'member');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('**/health'), tab.keyboard.press('Enter')]);
  await see(1, 'failed');
  expect(await tab.getByText('exit status 7').count()).toBe(0);
  await tab.clock.fastForward(6000);
  await tab.getByText('exit status 7').first().waitFor();
  await context.close();
});
