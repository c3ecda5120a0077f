import { judged } from '../../model/delivery.ts';
import { type DeliveryList, deliveryLists } from '../../model/delivery-metrics.ts';
import { type WeeklyWhat, weeklyKinds } from '../../model/weekly.ts';
import { asked, deliveries } from '../../store/statistics.ts';
import type { Page } from '../page.ts';
import type { Wish } from './wish.ts';

/** The operations behind a number: how many, and the ids of one page of them. */
export type Behind = { of: DeliveryList | WeeklyWhat; total: number; ids: string[] };

/** Null where there is more than can be judged at once. 404 for what is no number of the statistics. */
export async function behind(page: Page, wish: Wish, offset: number, limit: number): Promise<Behind | null> {
  const of = page.query('of') ?? '';
  if (Object.hasOwn(weeklyKinds, of)) return ofWeek(page, wish, of as WeeklyWhat, { offset, limit });
  if (!Object.hasOwn(deliveryLists, of)) page.notFound();
  const list = of as DeliveryList;
  const found = await deliveries(page.db, wish.scope, wish.from);
  if (!found) return null;
  const ids = judged(found)
    .filter(deliveryLists[list])
    .map(({ id }) => id)
    .sort()
    .reverse();
  return { of: list, total: ids.length, ids: ids.slice(offset, offset + limit) };
}

async function ofWeek(page: Page, wish: Wish, of: WeeklyWhat, part: { offset: number; limit: number }) {
  const span = { kinds: weeklyKinds[of], from: momentOf(page, 'from'), until: momentOf(page, 'until') };
  return { of, ...(await asked(page.db, wish.scope, span, part)) };
}

/** A moment in epoch milliseconds. */
function momentOf(page: Page, name: string): number {
  const text = page.query(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : page.notFound();
}
