import { z } from 'zod';
import { originalHours, readExtra, readWeekly } from '../../model/window-text.ts';
import * as audit from '../../store/audit.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import * as windows from '../../store/windows.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';
import { isTimeZone, timeZones } from '../time.ts';
import { scopeChoices, scopeOf, scopeValue } from '../windows/scopes.ts';
import { windowsModel } from '../windows/view.ts';

export const routes = [
  get('/windows', 'signed-in', list),
  get('/windows/new', 'admin', fresh),
  post('/windows', 'admin', add, refused('window.add', fresh)),
  get('/windows/:window', 'admin', show),
  post('/windows/:window', 'admin', change, refused('window.change', show)),
  post('/windows/:window/delete', 'admin', remove),
];

const form = z.object({
  scope: z.string().max(100),
  zone: z.string().max(64),
  hours: z.string().max(20_000),
  extra: z.string().max(20_000),
});

async function list(page: Page): Promise<void> {
  await page.render('windows/list', await windowsModel(page));
}

async function fresh(page: Page): Promise<void> {
  const hours = page.query('preset') === 'original' ? originalHours : '';
  await edit(page, null, { scope: '', zone: page.settings.windowZone, hours, extra: '' });
}

async function show(page: Page): Promise<void> {
  const { id, scope, zone, hours, extraText: extra } = await find(page);
  await edit(page, id, { scope: scopeValue(scope), zone, hours, extra });
}

async function edit(page: Page, id: string | null, values: Record<keyof z.output<typeof form>, string>) {
  const fields = page.fields(values);
  const scopes = (await offered(page)).map(({ value, label }) => ({ value, label }));
  const zones = timeZones.map((zone) => ({ value: zone, label: zone }));
  await page.render('windows/edit', { id, fields, scopes, zones, problems: page.problems(fields) });
}

async function add(page: Page): Promise<void> {
  const typed = await typedOf(page);
  await once(page, () =>
    writing(page.db, async (trx) => {
      const id = await windows.add(trx, typed);
      await audit.record(trx, page.audit({ action: 'window.add', object: `window:${id}`, after: typed }));
    }),
  );
  page.redirect('/windows', { key: 'common.saved' });
}

async function change(page: Page): Promise<void> {
  const { id, scope, zone, hours, extraText: extra } = await find(page);
  const [before, after] = [{ scope, zone, hours, extra }, await typedOf(page)];
  await once(page, () =>
    writing(page.db, async (trx) => {
      await windows.change(trx, id, after);
      await audit.record(trx, page.audit({ action: 'window.change', object: `window:${id}`, before, after }));
    }),
  );
  page.redirect('/windows', { key: 'common.saved' });
}

async function remove(page: Page): Promise<void> {
  const { id, scope, zone, hours, extraText: extra } = await find(page);
  await writing(page.db, async (trx) => {
    await windows.remove(trx, id);
    const before = { scope, zone, hours, extra };
    await audit.record(trx, page.audit({ action: 'window.remove', object: `window:${id}`, before }));
  });
  page.redirect('/windows', { key: 'windows.removed' });
}

async function typedOf(page: Page): Promise<windows.TypedWindow> {
  const { zone, hours, extra, ...typed } = page.form(form);
  const scope = scopeOf(page, typed.scope, await offered(page));
  if (!isTimeZone(zone)) page.refuse({ field: 'zone', code: 'choice' });
  const [weekly, days] = [readWeekly(hours), readExtra(extra)];
  if (!Array.isArray(weekly))
    page.refuse({ field: 'hours', code: weekly.code, detail: { line: weekly.line } });
  if (!Array.isArray(days)) page.refuse({ field: 'extra', code: days.code, detail: { line: days.line } });
  return { scope, zone, hours: hours.trim(), extra: extra.trim() };
}

async function offered(page: Page) {
  return (await scopeChoices(page)).filter(({ kind }) => kind !== 'everything');
}

/** One window per environment, group or project. */
async function once(page: Page, deed: () => Promise<void>): Promise<void> {
  await deed().catch((error: unknown) => {
    if (isDuplicate(error)) page.refuse({ field: 'scope', code: 'window_taken' });
    throw error;
  });
}

async function find(page: Page): Promise<windows.KeptWindow> {
  return (await windows.byId(page.db, page.param('window'))) ?? page.notFound();
}
