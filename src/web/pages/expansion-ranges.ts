import { z } from 'zod';
import { parseRange } from '../../model/address-range.ts';
import type { Environment } from '../../model/environment.ts';
import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import * as ranges from '../../store/expansion-ranges.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';

export const routes = [
  get('/environments/:environment/ranges', 'admin', show),
  post('/environments/:environment/ranges', 'admin', save, refused('environment.ranges', show)),
];

const form = z.object({ ranges: z.string().max(8192) });
const MOST = 100;

async function show(page: Page): Promise<void> {
  const environment = await environmentHere(page);
  const listed = await ranges.ofEnvironment(page.db, environment.name);
  const fields = page.fields({ ranges: listed.join('\n') });
  await page.render('environments/ranges', { environment, fields, problems: page.problems(fields) });
}

/** From now on a machine inside these ranges that a program brings in is trusted by the key that it shows first. */
async function save(page: Page): Promise<void> {
  const { name, production } = await environmentHere(page);
  const typed = page.form(form).ranges.split('\n');
  const wanted = typed.flatMap((text, index) => (text.trim() ? [rangeOf(page, text, index + 1)] : []));
  if (wanted.length > MOST) page.refuse({ field: 'ranges', code: 'ranges_many', detail: { maximum: MOST } });
  if (production && wanted.length > 0) page.refuse({ field: 'ranges', code: 'ranges_production' });
  await writing(page.db, async (trx) => {
    const before = await ranges.ofEnvironment(trx, name);
    await ranges.replace(trx, name, wanted, page.who.username);
    const after = await ranges.ofEnvironment(trx, name);
    await audit.record(trx, page.audit({ action: 'environment.ranges', object: name, before, after }));
  });
  page.redirect(`/environments/${name}/ranges`, { key: 'common.saved' });
}

function rangeOf(page: Page, text: string, line: number): string {
  return parseRange(text) ?? page.refuse({ field: 'ranges', code: 'address_range', detail: { line } });
}

async function environmentHere(page: Page): Promise<Environment> {
  return (await environments.byName(page.db, page.param('environment'))) ?? page.notFound();
}
