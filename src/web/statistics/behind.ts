import { type DeliveryList, deliveryLists } from '../../model/delivery-metrics.ts';
import { type WeeklyWhat, weeklyKinds } from '../../model/weekly.ts';
import { behindNumber } from '../../store/delivery-numbers.ts';
import { asked } from '../../store/statistics.ts';
import type { Page } from '../page.ts';
import type { Wish } from './wish.ts';

/** The operations behind a number: how many, and the ids of one page of them. */
export type Behind = { of: DeliveryList | WeeklyWhat; total: number; ids: string[] };

/** 404 for what is no number of the statistics. */
export async function behind(page: Page, wish: Wish, offset: number, limit: number): Promise<Behind> {
  const given = page.query('of') ?? '';
  if (Object.hasOwn(weeklyKinds, given)) return ofWeek(page, wish, given as WeeklyWhat, { offset, limit });
  const of = deliveryLists.find((list) => list === given) ?? page.notFound();
  return { of, ...(await behindNumber(page.db, wish.scope, wish.from, of, { offset, limit })) };
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
