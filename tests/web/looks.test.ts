import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { program } from './api/programs.ts';
import { password, type Town, town } from './people.ts';

let t: Town;
let listener: Listener;
let pages: string[];

beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  listener = await listen(t.app, '127.0.0.1', 0);
  const member = await t.db('users').where({ username: 'member' }).first('id');
  pages = ['/', '/groups', `/groups/${t.groupId}`, '/people', `/people/${member.id}`, '/profile', '/nowhere'];
  pages.push('/profile/tokens', '/tokens', '/api');
  // as they are before there is anything
  pages.push('/windows', '/health', '/alarms', '/mutes', '/hosts', '/projects');
  await program(t, { addresses: ['10.0.0.0/8', 'fd00::/8'] });
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

test.each([
  ['en', 'light', 1280],
  ['en', 'dark', 390],
  ['zh-CN', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with any page', async (locale, colorScheme, width) => {
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  const found: string[] = [];
  const look = async (path: string) => {
    await tab.goto(path);
    for (const problem of await accessibilityProblems(tab)) found.push(`${path} ${problem}`);
    if (await scrollsSideways(tab)) found.push(`${path} is wider than the screen`);
    await picture(tab, `${locale}-${colorScheme}${path.replaceAll('/', '-')}`);
  };
  await look('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  for (const path of pages) await look(path);
  expect(found).toEqual([]);
  expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
  expect(await tab.getAttribute('html', 'data-bs-theme')).toBe(colorScheme);
  expect(await tab.getAttribute('html', 'lang')).toBe(locale);
  await visitor.close();
});

test('a destructive form asks once, and is sent by the keyboard alone', async () => {
  await t.admin.post('/groups', { name: 'doomed', notes: '' }, '/groups');
  const { id } = await t.db('project_groups').where({ name: 'doomed' }).first('id');
  const visitor = await newVisitor({ baseURL: listener.address });
  const tab = await visitor.newPage();
  await tab.goto(`/sign-in?next=/groups/${id}`);
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await tab.keyboard.press('Enter');
  await tab.getByRole('button', { name: 'Delete this group' }).press('Enter');
  await tab.getByRole('button', { name: 'Cancel' }).press('Enter');
  expect(await t.db('project_groups').where({ id })).toHaveLength(1);
  await tab.getByRole('button', { name: 'Delete this group' }).press('Enter');
  await tab.getByRole('button', { name: 'Yes, do it' }).press('Enter');
  await tab.getByText('Group doomed deleted.').waitFor();
  expect(await t.db('project_groups').where({ id })).toHaveLength(0);
  await visitor.close();
});

function scrollsSideways(tab: Page): Promise<unknown> {
  return tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** Keeps a picture where CEDAR_SCREENSHOTS names a folder. */
async function picture(tab: Page, name: string): Promise<void> {
  const folder = process.env.CEDAR_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
