import type { Page } from '../page.ts';
import { momentOf } from '../zoned-time.ts';
import type { Order } from './order.ts';

const YEAR_MS = 366 * 86_400_000;
const MOST_MINUTES = 10_080;

/** When the form wants it: a moment ahead on the person's clock, and the grace. Shown again where that cannot be. */
export function laterOf(page: Page, order: Order): { at: number; graceSeconds: number } {
  if (!order.at) page.refuse({ field: 'at', code: 'required' });
  const moment = momentOf(order.at, page.who.timeZone);
  if ('wrong' in moment) page.refuse({ field: 'at', code: moment.wrong });
  if (moment.at <= Date.now()) page.refuse({ field: 'at', code: 'at_past' });
  if (moment.at > Date.now() + YEAR_MS) page.refuse({ field: 'at', code: 'at_far' });
  const grace = order.grace ?? '';
  if (!/^\d{1,6}$/.test(grace)) page.refuse({ field: 'grace', code: 'number' });
  if (Number(grace) > MOST_MINUTES)
    page.refuse({ field: 'grace', code: 'too_big', detail: { maximum: MOST_MINUTES } });
  return { at: moment.at, graceSeconds: Number(grace) * 60 };
}
