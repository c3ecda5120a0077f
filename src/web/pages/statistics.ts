import { duration } from '../../../public/js/duration.js';
import { csvOf } from '../../model/csv.ts';
import * as groups from '../../store/groups.ts';
import { projectNames } from '../../store/project-names.ts';
import { listed } from '../../store/statistics.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { behind } from '../statistics/behind.ts';
import { deliveryRows, deliveryView } from '../statistics/delivery-view.ts';
import { weeklyRows, weeklyView } from '../statistics/weekly-view.ts';
import { addressOf, dayChoices, type Wish, weekChoices, wishOf } from '../statistics/wish.ts';
import { zoneName } from '../zoned-time.ts';

export const routes = [
  get('/statistics', 'signed-in', show),
  get('/statistics/operations', 'signed-in', list),
  get('/statistics/weeks.csv', 'signed-in', weeksFile),
  get('/statistics/delivery.csv', 'signed-in', deliveryFile),
];

const PAGE = 100;

async function show(page: Page): Promise<void> {
  const wish = wishOf(page);
  const known = await projectNames(page.db, page.groupIds);
  await page.render('statistics/show', {
    wish,
    zone: zoneName(page.who.timeZone),
    weekly: await weeklyView(page, wish),
    delivery: await deliveryView(page, wish),
    choices: {
      weeks: weekChoices,
      days: dayChoices,
      groups: await groups.all(page.db, page.groupIds),
      projects: known.map(({ id, key }) => ({ id, key })),
    },
    files: {
      weeks: addressOf('/statistics/weeks.csv', wish),
      delivery: addressOf('/statistics/delivery.csv', wish),
    },
  });
}

async function list(page: Page): Promise<void> {
  const wish = wishOf(page);
  const offset = (Math.max(1, Number(/^\d{1,4}$/.exec(page.query('page') ?? '')?.[0] ?? 1)) - 1) * PAGE;
  const found = await behind(page, wish, offset, PAGE);
  const at = offset / PAGE + 1;
  const more = offset + PAGE < found.total;
  await page.render('statistics/operations', {
    of: found.of,
    total: found.total,
    rows: (await listed(page.db, found.ids)).map((one) => ({
      ...one,
      took: one.startedAt !== null && one.finishedAt !== null ? duration(one.finishedAt - one.startedAt) : '',
    })),
    back: addressOf('/statistics', wish),
    newer: at > 1 ? pageAddress(page, wish, at - 1) : null,
    older: more ? pageAddress(page, wish, at + 1) : null,
  });
}

function pageAddress(page: Page, wish: Wish, number: number): string {
  const given = ['of', 'from', 'until'].map((name) => [name, page.query(name) ?? '']);
  return addressOf('/statistics/operations', wish, { ...Object.fromEntries(given), page: number });
}

async function weeksFile(page: Page): Promise<void> {
  send(page, 'statistics-weeks', await weeklyRows(page, wishOf(page)));
}

async function deliveryFile(page: Page): Promise<void> {
  send(page, 'statistics-delivery', await deliveryRows(page, wishOf(page)));
}

function send(page: Page, name: string, rows: (string | number | null)[][]): void {
  page.res.attachment(`${name}.csv`).type('text/csv; charset=utf-8').send(csvOf(rows));
}
