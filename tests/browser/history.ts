import { expect } from 'vitest';
import type { Visitor } from './visitor.ts';

/** The history shows the deploy that went well, the one that failed, and the way back; a filter leaves one. */
export async function showHistory(me: Visitor, project: string): Promise<void> {
  await me.follow('nav.history');
  const row = me.tab.locator('main tbody tr');
  await row.first().waitFor();
  const cells = (column: number) => row.locator(`td:nth-child(${column})`).allInnerTexts();
  const state = (name: string) => me.t(`operations.state.${name}`);
  expect(await cells(2)).toEqual([state('succeeded'), state('failed'), state('succeeded')]);
  expect(await cells(3)).toEqual([me.t('kind.rollback'), me.t('kind.deploy'), me.t('kind.deploy')]);
  expect(await cells(4)).toEqual([project, project, project]);
  expect(await cells(6)).toEqual(['web-1', 'web-1, web-2', 'web-1, web-2']);
  await me.look();
  await me.field('operations.filter.state').selectOption('failed');
  await me.press('operations.filter.apply');
  await me.tab.waitForURL(/state=failed/);
  expect(await cells(2)).toEqual([state('failed')]);
  await me.look();
}
