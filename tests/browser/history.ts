import { expect } from 'vitest';
import type { Visitor } from './visitor.ts';

/**
 * The history shows how both hosts came, the deploy that went well, the one that failed, and the way back; a filter
 * leaves one.
 */
export async function showHistory(me: Visitor, project: string): Promise<void> {
  await me.follow('nav.history');
  const row = me.tab.locator('main tbody tr');
  await row.first().waitFor();
  const cells = (column: number) => row.locator(`td:nth-child(${column})`).allInnerTexts();
  const state = (name: string) => me.t(`operations.state.${name}`);
  const [good, bad] = [state('succeeded'), state('failed')];
  expect(await cells(2)).toEqual([good, bad, good, good, good]);
  const kinds = ['rollback', 'deploy', 'deploy', 'add-host', 'add-host'];
  expect(await cells(3)).toEqual(kinds.map((kind) => me.t(`kind.${kind}`)));
  expect(await cells(4)).toEqual(kinds.map(() => project));
  expect(await cells(6)).toEqual(['web-1', 'web-1, web-2', 'web-1, web-2', 'web-2', 'web-1']);
  await me.look();
  await me.field('operations.filter.state').selectOption('failed');
  await me.press('operations.filter.apply');
  await me.tab.waitForURL(/state=failed/);
  expect(await cells(2)).toEqual([state('failed')]);
  await me.look();
}
