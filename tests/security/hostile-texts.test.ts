import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as placements from '../../src/store/placements.ts';
import * as questions from '../../src/store/questions.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { newVisitor } from '../lab/browser.ts';
import { recordHost, recordPlacements } from '../lab/looks.ts';
import { program } from '../web/api/programs.ts';
import { password, type Town, town } from '../web/people.ts';
import { releaseOf, runIn, type Shop, shopIn } from '../web/shop.ts';
import { House } from './house.ts';

const hostile =
  '"><img src=x onerror=alert(1)><svg/onload=alert(2)></script><script>alert(3)</script>{{7*7}}<%= 7*7 %>';
const address = 'javascript:alert(4)';

let t: Town;
let house: House;
let shop: Shop;
let names: Record<string, string>;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  house = await House.open(t);
  names = await furnish();
});
afterAll(() => t.end());

/** Hostile texts everywhere where people, repositories, builds and machines put theirs. */
async function furnish(): Promise<Record<string, string>> {
  const release = await releaseOf(t, shop.test, {
    name: hostile.slice(0, 60),
    subject: hostile,
    author: hostile,
  });
  const run = await runIn(t, shop, shop.test, { reason: hostile });
  await run.begin('build');
  await run.say('build', `${hostile}\n\u001b]8;;${address}\u0007link\u001b]8;;\u0007\n`);
  await run.end('build', 'failed');
  await run.finish('failed', { code: 'build', detail: { text: hostile } } as never);
  await recordHost(t.db, shop.hostIds[0]!, { reachable: 'yes', supervisor: 'rpc', message: hostile });
  const [placement] = await placements.ofProject(t.db, shop.test.id);
  const process = {
    name: hostile.slice(0, 100),
    state: 'failed' as const,
    pid: 1,
    since: 1,
    message: hostile,
  };
  await recordPlacements(t.db, [
    ...[{ placementId: placement!.id, state: 'failed' as const, since: 1, release: release.id }].map(
      (one) => ({
        ...one,
        message: hostile,
        processes: [process],
      }),
    ),
  ]);
  const by = await program(t);
  const user = await t.db('users').where({ username: 'member' }).first('id');
  const changes: [string, Record<string, string>][] = [
    ['users', { display_name: hostile }],
    ['project_groups', { name: hostile.slice(0, 60), notes: hostile }],
    ['hosts', { notes: hostile, host_key_pinned_by: hostile.slice(0, 60) }],
    ['projects', { notes: hostile, branch: hostile.slice(0, 100), git_url: address }],
    ['operations', { requested_name: hostile.slice(0, 60), ref: hostile.slice(0, 100) }],
    ['operation_hosts', { host_name: hostile.slice(0, 60) }],
    ['api_tokens', { name: hostile.slice(0, 60) }],
  ];
  for (const [table, change] of changes) await t.db(table).update(change);
  const question = await questions.ask(t.db, {
    kind: 'host-key',
    args: {},
    askedBy: null,
    deadlineMs: 600_000,
  });
  await questions.answer(t.db, question, { key: 'K', fingerprint: hostile, algorithm: hostile });
  return {
    project: shop.test.key,
    operation: run.operation.id,
    placement: placement!.id,
    host: shop.hostIds[0]!,
    group: t.groupId,
    user: user.id,
    environment: 'test',
    token: by.tokenId,
    question,
  };
}

const downloads = /\/(raw|events)$|csv$/;
const pages = () =>
  allRoutes
    .filter(({ method, path }) => method === 'GET' && !downloads.test(path) && !path.startsWith('/setup'))
    .map(({ path }) =>
      path.replace(/:(\w+)/g, (_, name: string) => names[name] ?? '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    );

async function signIn(tab: Page): Promise<void> {
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
}

/** What a browser saves instead of showing it cannot do anything on a page. */
async function opened(tab: Page, path: string) {
  try {
    return await tab.goto(path, { waitUntil: 'load' });
  } catch (error) {
    if (!String(error).includes('Download is starting')) throw error;
    return 'download';
  }
}

const strangers = `document.querySelectorAll(
  'img[src="x"], svg[onload], [onerror], [onload], a[href^="javascript:"], script:not([src])').length`;

test('[S55] [S57] an admin’s browser visits every page, and no text of others becomes more than text', async () => {
  const visitor = await newVisitor({ baseURL: house.address, reducedMotion: 'reduce' });
  const tab = await visitor.newPage();
  const alarms: string[] = [];
  tab.on('dialog', (dialog) => {
    alarms.push(`dialog ${dialog.message()} at ${tab.url()}`);
    void dialog.dismiss();
  });
  tab.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) alarms.push(`${tab.url()}: ${message.text()}`);
  });
  tab.on('pageerror', (error) => alarms.push(`${tab.url()}: ${error.message}`));
  await signIn(tab);
  let verbatim = 0;
  for (const path of pages()) {
    const answer = await opened(tab, path);
    if (answer === 'download') continue;
    if ((answer?.status() ?? 500) >= 500) alarms.push(`${path}: ${answer?.status()}`);
    if (Number(await tab.evaluate(strangers)) > 0) alarms.push(`${path} holds markup of others`);
    const text = await tab.evaluate('document.body.innerText + document.body.innerHTML');
    if (String(text).includes('"><img src=x onerror=alert(1)>')) verbatim += 1;
  }
  expect(alarms).toEqual([]);
  expect(pages().length).toBeGreaterThan(50);
  expect(verbatim).toBeGreaterThan(5);
  await visitor.close();
});

test('[S55] the alarm rings where markup does come through', async () => {
  const visitor = await newVisitor({ baseURL: house.address });
  const tab = await visitor.newPage();
  await tab.setContent(`<p>${hostile}</p>`);
  expect(Number(await tab.evaluate(strangers))).toBeGreaterThan(0);
  await visitor.close();
});
