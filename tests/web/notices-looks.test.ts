import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as channels from '../../src/store/channels.ts';
import * as deliveries from '../../src/store/deliveries.ts';
import * as hooks from '../../src/store/inbound-hooks.ts';
import * as notices from '../../src/store/notices.ts';
import { put } from '../../src/store/outbox.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { password, type Town, town } from './people.ts';
import { shopIn } from './shop.ts';

let t: Town;
let listener: Listener;
let pages: string[];

beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  listener = await listen(t.app, '127.0.0.1', 0);
  const shop = await shopIn(t);
  await hooks.renew(t.db, shop.online.id, t.vault.seal('x'));
  await hooks.refuse(t.db, shop.online.id, '192.0.2.7');
  const line = {
    projectId: shop.online.id,
    forge: 'gitlab',
    event: 'Push Hook',
    branch: 'main',
    pusher: 'ada',
  };
  const fate = { commit: 'c'.repeat(40), operationId: null, outcome: 'refused', detail: 'no_hosts' } as const;
  await deliveries.add(t.db, { ...line, ...fate, delivery: 'd' });
  const options = { token: t.vault.seal('x'), format: 'markdown' };
  const robot = await channels.add(t.db, { kind: 'dingtalk', name: 'ops', groupId: null, options });
  const id = ulid();
  const told = { title: { key: 'notice.test', detail: { name: id, by: 'ada' } }, lines: [], path: null };
  const notice = { channelId: robot, topic: 'test', dedupeKey: id, body: { told }, operationId: null };
  const sent = await put(t.db, notice);
  const [attempt] = await notices.begin(t.db, [sent]);
  const refusal = { ms: 12, code: 200, result: 'refused', answer: 'errcode 310000' } as const;
  await notices.conclude(t.db, [attempt!], refusal);
  await notices.giveUp(t.db, [sent], 'errcode 310000');
  await channels.disable(t.db, robot, 'no answer in time');
  pages = [
    '',
    `/${sent}`,
    '/channels',
    '/channels/new?kind=dingtalk',
    '/channels/new?kind=webhook',
    '/channels/new?kind=email',
    `/routes?askKind=ticket&askGroup=${t.groupId}&askEnvironment=online`,
    '/audiences',
  ];
  pages = [...pages, `/channels/${robot}`].map((path) => `/notices${path}`);
  pages.push('/projects/online_shop/webhooks', '/projects/test_shop/webhooks');
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with any page', async (locale, colorScheme, width) => {
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  const found: string[] = [];
  for (const path of pages) {
    await tab.goto(path);
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
});
