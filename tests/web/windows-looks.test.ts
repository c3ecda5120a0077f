import { afterAll, beforeAll, expect, test } from 'vitest';
import { originalHours } from '../../src/model/window-text.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as windows from '../../src/store/windows.ts';
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
  const scope = { kind: 'environment', id: 'online' } as const;
  const extra = '2036-01-05 09:00-18:00';
  const window = await windows.add(t.db, { scope, zone: 'Asia/Shanghai', hours: originalHours, extra });
  const group = { kind: 'group', id: t.groupId } as const;
  await windows.add(t.db, { scope: group, zone: 'UTC', hours: 'sat 22:00-02:00', extra: '' });
  const [from, to] = [Date.now() - 1e8, Date.now() + 2e8];
  const freeze = await freezes.add(t.db, {
    ...{ scope: { kind: 'everything', id: '' }, from, to, reason: 'stocktaking', by: 'Ada' },
  });
  pages = ['/windows', '/windows/new?preset=original', `/windows/${window}`, '/windows/rules'];
  pages.push('/', `/projects/${shop.online.key}`, '/freezes/new', `/freezes/${freeze}`);
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)(
  '%s, %s, %i px wide: nothing wrong with any page of windows',
  async (locale, colorScheme, width) => {
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
      if (await tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth'))
        found.push(`${path} is wider than the screen`);
      const folder = process.env.CEDAR_SCREENSHOTS;
      const name = `${locale}${path.replaceAll(/[/?=]/g, '-')}.png`;
      if (folder) await tab.screenshot({ path: `${folder}/${name}`, fullPage: true });
    }
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
    await visitor.close();
  },
);
