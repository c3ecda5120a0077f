import type { Page } from '../page.ts';
import { daysBack } from '../weeks.ts';
import { DAY } from './past-bars.ts';

/** One line or column of a chart. `colour` is a name of public/js/charts.js; `axis` 1: in percent. */
export type Series = { name: string; colour: string; as: 'bar' | 'line'; axis: 0 | 1 };
/** A chart as a table: a row for each time, a cell for each series; null: nothing is known. */
export type Chart = {
  id: string;
  title: string;
  about: string;
  empty: string;
  series: Series[];
  /** `short` is what stands at the axis. */
  rows: { at: number; short: string; cells: (number | null)[] }[];
};

export const DAYS = 30;

/** The last 30 days on the person's clocks, today among them. */
export function monthOf(page: Page): { from: number; days: { at: number; to: number }[] } {
  const begins = Array.from({ length: DAYS }, (_, index) =>
    daysBack(Date.now(), DAYS - index, page.who.timeZone),
  );
  const days = begins.map((at, index) => ({ at, to: begins[index + 1] ?? Date.now() + DAY }));
  return { from: begins[0] ?? Date.now(), days };
}

export function shortTime(page: Page, at: number, hours: boolean): string {
  const parts = hours
    ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
    : { month: 'numeric', day: 'numeric' };
  const format = { ...parts, timeZone: page.who.timeZone ?? undefined } as Intl.DateTimeFormatOptions;
  return new Intl.DateTimeFormat(page.language === 'en' ? 'en-GB' : page.language, format).format(at);
}
