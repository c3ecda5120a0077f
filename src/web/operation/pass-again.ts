import { isPassable } from '../../deploy/passable.ts';
import { typedOf } from '../form.ts';
import type { Page } from '../page.ts';
import { refusalOf } from './refusal.ts';

/**
 * Shows an administrator why the operation may not begin, with the same form once more and a field for the reason to
 * pass. False where that would not help: somebody else asks, or something else stands in the way.
 */
export async function passAgain(page: Page, error: unknown): Promise<boolean> {
  if (!isPassable(error) || !page.may('admin')) return false;
  const { message, status } = refusalOf(page, error);
  const typed = Object.entries(typedOf(page.req.body)).filter(([name]) => name !== 'pass');
  const same = typed.flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: one })));
  await page.render('operation/pass-again', { message, same, action: page.req.path }, status);
  return true;
}
