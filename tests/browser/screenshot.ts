import { join } from 'node:path';
import type { Visitor } from './visitor.ts';

/**
 * The README's picture: the page at hand, light, 1280 px wide. Made where CEDAR_SCREENSHOT=1 asks for it, so that
 * plain test runs leave the tree as it is.
 */
export async function keepScreenshot(me: Visitor): Promise<void> {
  if (process.env.CEDAR_SCREENSHOT !== '1' || me.language !== 'en') return;
  await me.tab.mouse.move(0, 0);
  await me.tab.screenshot({
    path: join(import.meta.dirname, '../../docs/screenshot.png'),
    fullPage: true,
    animations: 'disabled',
    caret: 'hide',
  });
}
