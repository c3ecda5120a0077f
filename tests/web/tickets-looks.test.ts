import { afterAll, beforeAll, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { password, type Town, town } from './people.ts';
import { answerAll, changes } from './planned.ts';
import { releaseOf } from './shop.ts';
import { Desk } from './ticket-desk.ts';

let t: Town;
let desk: Desk;
let listener: Listener;
let pages: string[];

beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  listener = await listen(t.app, '127.0.0.1', 0);
  desk = await Desk.at(t);
  const release = await releaseOf(t, desk.shop.online);
  const waiting = await desk.file(t.member, { release1: release.id, project2: desk.shop.test.key });
  const approved = await desk.approved(t.outsider);
  const refused = await desk.file(t.outsider, { reason: 'x'.repeat(200) });
  await t.admin.post(`/tickets/${refused.id}/refuse`, { reason: 'not today' });
  const of = '/tickets/new?project1=online_shop&project2=test_shop';
  pages = ['/', '/tickets', '/tickets?of=done', '/tickets?q=nothing', '/tickets/new', of];
  pages.push(...[waiting, approved, refused].map(({ id }) => `/tickets/${id}`));
  pages.push(`/projects/online_shop?ticket=${approved.id}`, `/projects/online_shop?release=${release.id}`);
  pages.push(`/groups/${t.groupId}/approvers`, '/projects/online_shop/approvers');
  pages.push(`/groups/${t.groupId}`, '/environments/online');
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

async function enter(locale: string, colorScheme: 'light' | 'dark', width: number, name: string) {
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  await tab.goto('/sign-in');
  await tab.fill('#f-username', name);
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
  return { visitor, tab };
}

test.each([
  ['en', 'light', 1280],
  ['zh-CN', 'dark', 390],
] as const)('%s, %s, %i px wide: nothing wrong with any page', async (locale, colorScheme, width) => {
  const { visitor, tab } = await enter(locale, colorScheme, width, 'admin');
  const errors = listenForErrors(tab);
  const found: string[] = [];
  for (const path of pages) {
    await tab.goto(path);
    for (const problem of await accessibilityProblems(tab)) found.push(`${path} ${problem}`);
    const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    if (await tab.evaluate(wide)) found.push(`${path} is wider than the screen`);
  }
  expect(found).toEqual([]);
  expect(errors).toEqual([]);
  await visitor.close();
});

test('who waits at a ticket\u2019s page sees it being looked up, and approves it there', async () => {
  const filed = await t.outsider.post('/tickets', { project1: 'test_shop', ref1: 'live', reason: 'live' });
  const { visitor, tab } = await enter('en', 'light', 1280, 'admin');
  await tab.goto(filed.headers.location!);
  await tab.getByText('is being looked up').waitFor();
  await answerAll(t.db, { commits: changes() });
  await tendTickets(t.db);
  await tab.getByRole('button', { name: 'Approve' }).click();
  await tab.getByText('Approved by').waitFor();
  expect(await tab.locator('h1').textContent()).toContain('approved');
  await visitor.close();
});
