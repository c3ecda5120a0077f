import { z } from 'zod';
import type { Freeze } from '../../model/window.ts';
import { clockTextOf, momentOf, zoneName } from '../../model/zoned-time.ts';
import * as audit from '../../store/audit.ts';
import * as freezes from '../../store/freezes.ts';
import { writing } from '../../store/transaction.ts';
import { line } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';
import { scopeChoices, scopeOf, scopeValue } from '../windows/scopes.ts';

export const routes = [
  get('/freezes/new', 'admin', fresh),
  post('/freezes', 'admin', add, refused('freeze.add', fresh)),
  get('/freezes/:freeze', 'admin', show),
  post('/freezes/:freeze', 'admin', change, refused('freeze.change', show)),
  post('/freezes/:freeze/delete', 'admin', remove),
];

const form = z.object({
  scope: z.string().max(100),
  from: z.string().max(30),
  to: z.string().max(30),
  reason: line(500),
});

async function fresh(page: Page): Promise<void> {
  await edit(page, null, { scope: 'everything:', from: '', to: '', reason: '' });
}

async function show(page: Page): Promise<void> {
  const { id, scope, from, to, reason } = await find(page);
  const zone = zoneName(page.who.timeZone);
  const values = { from: clockTextOf(from, zone), to: clockTextOf(to, zone), reason };
  await edit(page, id, { scope: scopeValue(scope), ...values });
}

async function edit(page: Page, id: string | null, values: Record<keyof z.output<typeof form>, string>) {
  const fields = page.fields(values);
  const scopes = (await scopeChoices(page)).map(({ value, label }) => ({ value, label }));
  const zone = zoneName(page.who.timeZone);
  await page.render('windows/freeze', { id, fields, scopes, zone, problems: page.problems(fields) });
}

async function add(page: Page): Promise<void> {
  const after = await typedOf(page);
  await writing(page.db, async (trx) => {
    const id = await freezes.add(trx, { ...after, by: page.who.displayName });
    await audit.record(trx, page.audit({ action: 'freeze.add', object: `freeze:${id}`, after }));
  });
  page.redirect('/windows', { key: 'common.saved' });
}

async function change(page: Page): Promise<void> {
  const { id, ...before } = await find(page);
  const after = await typedOf(page);
  await writing(page.db, async (trx) => {
    await freezes.change(trx, id, after);
    await audit.record(trx, page.audit({ action: 'freeze.change', object: `freeze:${id}`, before, after }));
  });
  page.redirect('/windows', { key: 'common.saved' });
}

async function remove(page: Page): Promise<void> {
  const { id, ...before } = await find(page);
  await writing(page.db, async (trx) => {
    await freezes.remove(trx, id);
    await audit.record(trx, page.audit({ action: 'freeze.remove', object: `freeze:${id}`, before }));
  });
  page.redirect('/windows', { key: 'windows.freeze_removed' });
}

async function typedOf(page: Page): Promise<Omit<Freeze, 'id'>> {
  const typed = page.form(form);
  const scope = scopeOf(page, typed.scope, await scopeChoices(page));
  const [from, to] = [momentIn(page, 'from', typed.from), momentIn(page, 'to', typed.to)];
  if (to <= from) page.refuse({ field: 'to', code: 'freeze_order' });
  return { scope, from, to, reason: typed.reason };
}

function momentIn(page: Page, field: 'from' | 'to', text: string): number {
  const moment = momentOf(text, page.who.timeZone);
  return 'wrong' in moment ? page.refuse({ field, code: moment.wrong }) : moment.at;
}

async function find(page: Page): Promise<freezes.KeptFreeze> {
  return (await freezes.byId(page.db, page.param('freeze'))) ?? page.notFound();
}
