import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as placements from '../../src/store/placements.ts';
import { newVisitor } from '../lab/browser.ts';
import { recordHost, recordPlacements } from '../lab/looks.ts';
import { password, type Town, town } from '../web/people.ts';
import { pagesOf } from './forms-of-pages.ts';
import { Furnished } from './furnished.ts';
import { House } from './house.ts';

const hostile =
  '"><img src=x onerror=alert(1)><svg/onload=alert(2)></script><script>alert(3)</script>{{7*7}}<%= 7*7 %>';
const address = 'javascript:alert(4)';

let t: Town;
let house: House;
let f: Furnished;
beforeAll(async () => {
  t = await town();
  house = await House.open(t);
  f = await Furnished.of(t, (longest) => hostile.slice(0, longest));
  await furnish();
});
afterAll(() => t.end());

/** Hostile texts also in what builds and machines say, and where no form would have let them in. */
async function furnish(): Promise<void> {
  const { shop, run } = f;
  const build = await run.begin('build');
  f.names.step = build.id;
  await run.say('build', `${hostile}\n\u001b]8;;${address}\u0007link\u001b]8;;\u0007\n`);
  await run.end('build', 'failed');
  await run.finish('failed', { code: 'build', detail: { text: hostile } } as never);
  await recordHost(t.db, shop.hostIds[0]!, { reachable: 'yes', supervisor: 'rpc', message: hostile });
  const [placement] = await placements.ofProject(t.db, shop.test.id);
  const seen = { placementId: placement!.id, state: 'failed' as const, since: 1, message: hostile };
  const process = {
    name: hostile.slice(0, 100),
    state: 'failed' as const,
    pid: 1,
    since: 1,
    message: hostile,
  };
  await recordPlacements(t.db, [{ ...seen, release: f.names.release!, processes: [process] }]);
  const changes: [string, Record<string, string>][] = [
    ['users', { disabled_by: hostile.slice(0, 16) }],
    ['hosts', { notes: hostile, host_key_pinned_by: hostile.slice(0, 60) }],
    ['projects', { notes: hostile, branch: hostile.slice(0, 100) }],
    ['operations', { requested_name: hostile.slice(0, 60), ref: hostile.slice(0, 100) }],
    ['operation_hosts', { host_name: hostile.slice(0, 60) }],
    ['expansion_ranges', { added_by: hostile.slice(0, 60) }],
    ['tickets', { approved_name: hostile.slice(0, 100) }],
  ];
  for (const [table, change] of changes) await t.db(table).update(change);
}

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

/** Everything that a page says: its text, and what stands in its fields. */
const shown = `document.body.innerText + [...document.querySelectorAll('input, textarea, option')]
  .map((one) => ' ' + (one.value ?? '') + ' ' + one.textContent).join('')`;

/** Where a text of each kind of thing must be read as it was typed. */
const told = [
  ...[
    '/',
    '/groups',
    '/people',
    '/history',
    '/audit',
    '/audit/-',
    '/tickets',
    '/tickets/-',
    '/locks',
    '/windows',
  ],
  ...[
    '/notices',
    '/notices/-',
    '/notices/channels',
    '/notices/channels/-',
    '/profile',
    '/tokens',
    '/hosts/-',
  ],
  ...['/git-servers', '/projects/test_shop', '/projects/test_shop/locks', '/projects/test_shop/files'],
  ...['/projects/test_shop/webhooks', '/projects/test_shop/push/-', '/operations/-', '/freezes/-'],
];

const strangers = `document.querySelectorAll(
  'img[src="x"], svg[onload], [onerror], [onload], a[href^="javascript:"], script:not([src])').length`;

test('[S55] [S57] an admin’s browser visits every page, and no text of others becomes more than text', async () => {
  const visitor = await newVisitor({ baseURL: house.address, reducedMotion: 'reduce' });
  const alarms: string[] = [];
  await visitor.exposeFunction('cedarAlarm', (text: string) => void alarms.push(text));
  await visitor.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) => window.cedarAlarm('CSP ' + event.blockedURI + ' at ' + location.href))`,
  );
  const tab = await visitor.newPage();
  tab.on('dialog', (dialog) => {
    alarms.push(`dialog ${dialog.message()} at ${tab.url()}`);
    void dialog.dismiss();
  });
  tab.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) alarms.push(`${tab.url()}: ${message.text()}`);
  });
  tab.on('pageerror', (error) => alarms.push(`${tab.url()}: ${error.message}`));
  await signIn(tab);
  const pages = pagesOf(f);
  const verbatim: string[] = [];
  for (const path of pages) {
    const answer = await opened(tab, path);
    if (answer === 'download') continue;
    if ((answer?.status() ?? 500) >= 500) alarms.push(`${path}: ${answer?.status()}`);
    if (Number(await tab.evaluate(strangers)) > 0) alarms.push(`${path} holds markup of others`);
    const text = String(await tab.evaluate(shown));
    if (/\b49\b/.test(text) && !/7\*7/.test(text)) alarms.push(`${path} computes what others wrote`);
    if (text.includes('"><img src=x ')) verbatim.push(path.replace(/[0-9A-Z]{26}/g, '-').split('?')[0]!);
  }
  expect(alarms).toEqual([]);
  expect(pages.length).toBeGreaterThan(80);
  expect(verbatim).toEqual(expect.arrayContaining(told));
  await visitor.close();
});

test('[S55] the alarm rings where markup does come through', async () => {
  const visitor = await newVisitor({ baseURL: house.address });
  const tab = await visitor.newPage();
  await tab.setContent(`<p>${hostile}</p>`);
  expect(Number(await tab.evaluate(strangers))).toBeGreaterThan(0);
  await visitor.close();
});
