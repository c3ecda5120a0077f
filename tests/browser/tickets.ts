import { expect } from 'vitest';
import type { Visitor } from './visitor.ts';

/** Files a ticket for projects in their order, with the reason; lands on its page. Answers its address. */
export async function file(me: Visitor, projects: string[], reason: string): Promise<string> {
  await me.follow('nav.tickets');
  await me.follow('tickets.new');
  for (const [index, key] of projects.entries())
    await me.tab
      .getByLabel(me.t('tickets.project_number', { number: index + 1 }), { exact: true })
      .selectOption(key);
  await me.look('choosing projects');
  await me.press('tickets.go_on');
  await me.tab.locator('#f-reason').waitFor();
  expect(await me.tab.locator('main h2').allInnerTexts()).toEqual(projects);
  await me.fill('tickets.reason', reason);
  await me.look('filing');
  await me.press('tickets.file');
  await me.tab.waitForURL(/\/tickets\/\w{26}$/);
  return me.path;
}

/** Waits until the page says so by itself: it is not loaded anew. */
export async function isIn(me: Visitor, state: string): Promise<void> {
  await me.tab.locator('h1', { hasText: me.t(`tickets.state.${state}`) }).waitFor();
}

/** Waits until a row of the history says what happened, and who did it. */
export async function tells(me: Visitor, action: string, who: string, why = ''): Promise<void> {
  const rows = history(me).filter({ hasText: me.t(`tickets.event.${action}`) });
  const row = rows.filter({ hasText: who }).filter({ hasText: why });
  await row.last().waitFor();
}

/** What the history says happened, in its order. */
export async function happened(me: Visitor): Promise<string[]> {
  const cells = await history(me).locator('td:nth-child(3)').allInnerTexts();
  return cells.map((text) => text.split(' · ')[0]!.trim());
}

export async function approve(me: Visitor, note: string): Promise<void> {
  await me.button('tickets.approve').waitFor();
  await me.fill('tickets.note', note);
  await me.press('tickets.approve');
  await isIn(me, 'approved');
}

/** Finds a ticket by its reason among those that wait or are done. */
export async function find(me: Visitor, list: 'open' | 'closed', reason: string): Promise<void> {
  await me.follow('nav.tickets');
  if (list === 'closed') await me.follow('tickets.closed');
  await me.fill('tickets.search', reason);
  await me.press('tickets.find');
  await me.tab.waitForURL(/q=/);
  expect(await me.tab.locator('main tbody tr').count()).toBe(1);
  await me.look(`${list} tickets`);
  await me.tab.getByRole('link', { name: reason, exact: true }).click();
  await me.tab.waitForURL(/\/tickets\/\w{26}$/);
}

/** What carries out the ticket's part for a project. */
export function runButton(me: Visitor, key: string) {
  return me.tab.locator('form[action$="/run"] button', { hasText: key });
}

/** The card of one of the ticket's projects. */
export function part(me: Visitor, key: string) {
  return me.tab.locator('section.card', { has: me.tab.getByRole('heading', { name: key }) });
}

function history(me: Visitor) {
  return me.tab.locator('section[aria-labelledby="t-history"] tbody tr');
}
