import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as placements from '../../src/store/placements.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { recordPlacements } from '../lab/looks.ts';
import { password, type Town, town } from './people.ts';
import { planned } from './planned.ts';
import { type Run, releaseOf, runIn, type Shop, shopIn } from './shop.ts';

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
  (t.app as NodeJS.EventEmitter).emit('closing');
  server.closeAllConnections();
  server.close();
  await t.end();
});

async function visit(
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const page = await (await newVisitor(options)).newPage();
  await page.goto(`${origin}/sign-in`);
  await page.fill('[name="username"]', 'admin');
  await page.fill('[name="password"]', password);
  await Promise.all([page.waitForURL(`${origin}/`), page.press('[name="password"]', 'Enter')]);
  const errors = listenForErrors(page);
  await page.goto(origin + path);
  return { page, errors };
}

/** For eyes: `CEDAR_SHOTS=folder` keeps pictures of the pages. */
async function shot(page: Page, name: string): Promise<void> {
  if (process.env.CEDAR_SHOTS)
    await page.screenshot({ path: `${process.env.CEDAR_SHOTS}/${name}.png`, fullPage: true });
}

const failure = {
  ...{ code: 'not_running', detail: { host: 'web2', name: 'online_shop_4000', state: 'FATAL' } },
  ...{
    exitCode: 1,
    signal: null,
    tail: 'online_shop: ERROR (spawn error)',
    programTail: 'Error: no such module',
  },
};

let made = 0;
async function failing(): Promise<Run> {
  const before = await releaseOf(t, shop.online, {
    name: `online-20261122_10-00-${(++made).toString().padStart(2, '0')}`,
  });
  const run = await runIn(t, shop, shop.online, { ref: 'main', reason: 'the new cart' });
  const [one, two] = shop.hostIds as [string, string];
  for (const step of [
    'fetch',
    'resolve',
    'build',
    'keep',
    `preflight@${one}`,
    `preflight@${two}`,
    `stage@${one}`,
  ]) {
    await run.begin(step);
    await run.say(step, `\u001b[1m${step}\u001b[0m \u001b[32mok\u001b[0m \u001b[31mred\u001b[0m\n`);
    await run.end(step);
  }
  await run.host(one, { state: 'done', releaseBefore: before.id });
  await run.host(two, { state: 'failed', releaseBefore: before.id });
  await run.begin(`state@${two}#0`);
  await run.say(`state@${two}#0`, 'online_shop: ERROR\n');
  await run.end(`state@${two}#0`, 'failed');
  await run.finish('failed', { ...failure, stepKey: `state@${two}#0`, hostId: two });
  return run;
}

/** An operation that waits for a person, or goes on by itself. */
async function paused(): Promise<Run> {
  const run = await runIn(t, shop, shop.test);
  const wait = { state: 'paused', paused_at: Date.now(), resume_at: Date.now() + 600_000 };
  await t.db('operations').where({ id: run.operation.id }).update(wait);
  return run;
}

const looks: [string, BrowserContextOptions][] = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['zh', { locale: 'zh-CN' }],
  ['phone', { viewport: { width: 390, height: 844 }, isMobile: true }],
];

test.each(looks)(
  'the pages are right for everybody: %s',
  async (name, options) => {
    const run = await failing();
    const placed = await placements.ofProject(t.db, shop.online.id);
    const release = await releaseOf(t, shop.online, { badAt: 3, subject: 'Fix the cart' });
    const seen = { since: Date.now(), message: null, processes: [], release: release.id };
    await recordPlacements(t.db, [
      { ...seen, placementId: placed[0]!.id, state: 'running' },
      { ...seen, placementId: placed[1]!.id, state: 'failed' },
    ]);
    const plan = await planned(t, shop);
    const waits = await paused();
    await t.db('users').update({ language: name === 'zh' ? 'zh-CN' : 'en' });
    const { page, errors } = await visit(run.path, options);
    await page.waitForSelector('#op-log .op-line');
    expect(await page.title()).toContain('✕');
    expect(await page.getAttribute('link[rel="icon"]', 'href')).toContain('failed');
    for (const [path, shown] of [
      [run.path, 'operation'],
      ['/projects/online_shop', 'deploy'],
      ['/history', 'history'],
      ['/deploy', 'list'],
      [plan, 'plan'],
      [waits.path, 'paused'],
    ]) {
      await page.goto(origin + path);
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      await shot(page, `${shown}-${name}`);
      expect(await accessibilityProblems(page)).toEqual([]);
      const wide = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
      expect([path, wide]).toEqual([path, false]);
    }
    expect(errors).toEqual([]);
    await waits.finish('cancelled');
    await page.context().close();
  },
  120_000,
);

test('a live one moves by itself: cells, log, title; a cell chosen shows its log; it ends by itself', async () => {
  const run = await runIn(t, shop, shop.test);
  const { page, errors } = await visit(run.path);
  await page.waitForSelector('#op-log');
  expect(await page.title()).toContain('●');
  const build = await run.begin('build');
  await page.waitForSelector(`a.op-cell[data-step="${build.id}"].op-step-intent`);
  await expect
    .poll(() => page.evaluate("document.getElementById('op-log-title').textContent === 'Build'"), {
      timeout: 20_000,
    })
    .toBe(true);
  await run.say('build', 'compiling \u001b[32mcart');
  await page.waitForSelector('#op-log .a-fg-2:text("cart")');
  const half = Date.now();
  await run.say('build', '.js\u001b[0m\n10%\r90%\r100%\n');
  await page.waitForSelector('#op-log >> text=cart.js');
  expect(Date.now() - half).toBeLessThan(2000);
  expect(await page.locator('#op-log .op-line').allTextContents()).toEqual([
    expect.stringContaining('compiling cart.js'),
    expect.stringContaining('100%'),
  ]);
  const fetched = await run.step('fetch');
  await run.say('fetch', 'from the git server\n');
  await page.click(`a.op-cell[data-step="${fetched.id}"]`);
  await page.waitForSelector('#op-log >> text=from the git server');
  expect(page.url()).toContain(`step=${fetched.id}`);
  await run.host(shop.hostIds[0]!, { state: 'active' });
  await page.waitForSelector('.op-host-active');
  await run.finish('succeeded');
  await page.waitForSelector('.op-mood-good');
  expect(await page.title()).toContain('✓');
  expect(errors).toEqual([]);
  await page.context().close();
}, 180_000);

test('a long log opens at its end and loads the rest as one scrolls, each line once', async () => {
  const run = await runIn(t, shop, shop.test);
  await run.begin('build');
  for (let chunk = 0; chunk < 150; chunk++)
    await run.say(
      'build',
      Array.from({ length: 40 }, (_, line) => `${chunk * 40 + line} ${'w'.repeat(50)}\nx`)
        .join('')
        .slice(0, chunk % 3 ? undefined : -1),
    );
  await run.finish('succeeded');
  const { page } = await visit(run.path);
  const box = page.locator('#op-log');
  await expect
    .poll(() => page.evaluate("document.getElementById('op-log').scrollTop > 500"), { timeout: 20_000 })
    .toBe(true);
  const few = await page.locator('.op-line').count();
  const firstNumber = async () => {
    await box.evaluate((element) => element.scrollTo(0, 0));
    const text = await page.locator('.op-line > span').first().textContent();
    return Number.parseInt((text ?? '').replace(/^x+/, ''), 10);
  };
  await expect.poll(firstNumber, { timeout: 60_000, interval: 50 }).toBe(0);
  const lines = await page.locator('.op-line > span').allTextContents();
  const numbers = lines
    .map((line) => Number.parseInt(line.replace(/^x+/, ''), 10))
    .filter((n) => !Number.isNaN(n));
  expect(lines.length).toBeGreaterThan(few);
  expect(numbers).toEqual(Array.from({ length: 6000 }, (_, index) => index));
  const link = await page.locator('.op-line .op-clock').nth(3000).getAttribute('href');
  await page.goto(`${origin}${run.path}${link}`);
  await expect
    .poll(() => page.evaluate('document.getElementById(location.hash.slice(1)) !== null'), {
      timeout: 20_000,
    })
    .toBe(true);
  await page.context().close();
}, 180_000);

test('works without scripts: deploys, shows the log, asks before it stops', async () => {
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null, expires_at: null });
  const { page } = await visit('/projects/test_shop', { javaScriptEnabled: false });
  await page.fill('[name="ref"]', 'v9');
  await page.click('button.btn-primary[name="kind"][value="deploy"]');
  expect(page.url()).toContain('/operations/');
  expect(await page.textContent('.op-facts')).toContain('v9');
  expect(await page.textContent('#log')).toContain('Nothing was said here yet');
  await page.goto(`${origin}/projects/test_shop`);
  expect(await page.isVisible('button[value="stop"]')).toBe(false);
  await page.context().close();
}, 180_000);
