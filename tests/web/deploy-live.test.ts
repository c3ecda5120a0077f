import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as placements from '../../src/store/placements.ts';
import { newVisitor } from '../lab/browser.ts';
import { recordPlacements } from '../lab/looks.ts';
import { password, type Town, town } from './people.ts';
import { releaseOf, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let server: Server;
let origin: string;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  server = t.app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await t.end();
});

async function deployPage(): Promise<Page> {
  const page = await (await newVisitor()).newPage();
  await page.goto(`${origin}/sign-in`);
  await page.fill('[name="username"]', 'admin');
  await page.fill('[name="password"]', password);
  await Promise.all([page.waitForURL(`${origin}/`), page.press('[name="password"]', 'Enter')]);
  await page.goto(`${origin}/projects/${shop.online.key}`);
  return page;
}

async function see(state: 'running' | 'failed', release: string, message: string | null): Promise<void> {
  const [first] = await placements.ofProject(t.db, shop.online.id);
  await recordPlacements(t.db, [
    { placementId: first!.id, state, since: null, release, message, processes: [] },
  ]);
}

test('host states come by themselves; ticks and typed words stay', async () => {
  const good = await releaseOf(t, shop.online, { name: 'the-good-one' });
  const bad = await releaseOf(t, shop.online, { name: 'the-bad-one', goodAt: null, badAt: 2 });
  await see('running', `${good.id}.abc1`, null);
  const page = await deployPage();
  await page.locator('input[name=hosts]').nth(1).uncheck();
  await page.fill('#f-ref', 'v2');
  await see('failed', `${bad.id}.abc1`, 'ssh_refused');
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  const row = page.locator('tbody tr', { hasText: 'web1' });
  await row.getByText('the-bad-one').waitFor();
  expect(await row.textContent()).toContain('failed');
  expect(await row.textContent()).not.toContain('ssh_refused');
  expect(await page.locator('[data-live=mixed]').textContent()).toContain('do not run the same release');
  expect(await page.locator('input[name=hosts]').nth(1).isChecked()).toBe(false);
  expect(await page.inputValue('#f-ref')).toBe('v2');
});

test('a ref that cannot be one is told where the commits would be, in words', async () => {
  const page = await deployPage();
  await page.fill('#f-ref', '--output=x');
  await page.press('#f-ref', 'Tab');
  await page.locator('#changes', { hasText: 'without spaces' }).waitFor();
  expect(await page.locator('#toast').isVisible()).toBe(false);
});

test('without scripts such a ref comes back on the whole page', async () => {
  const answer = await t.admin.post(`/projects/${shop.online.key}/changes`, { ref: '--output=x' });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('</html>');
  expect(answer.text).toContain('value="--output=x"');
});
