import { z } from 'zod';
import { channelOf } from '../../notify/index.ts';
import * as audit from '../../store/audit.ts';
import * as channels from '../../store/channels.ts';
import * as groups from '../../store/groups.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';
import { orNone, rowId } from '../setup/setup-fields.ts';

export const routes = [
  get('/notices/audiences', 'admin', show),
  post('/notices/audiences', 'admin', save, refused('notice.audiences', show)),
];

/** One field for the SRE team, and one for each group; a select sends each of them. */
async function audiencesOf(page: Page): Promise<{ field: string; audience: string; name: string | null }[]> {
  const all = await groups.all(page.db);
  const own = all.map(({ id, name }) => ({ field: `group_${id}`, audience: `group:${id}`, name }));
  return [{ field: 'sre', audience: 'sre', name: null }, ...own];
}

async function robotsOf(page: Page): Promise<channels.Channel[]> {
  return (await channels.all(page.db)).filter(({ kind }) => channelOf(kind).hears === 'people');
}

async function show(page: Page): Promise<void> {
  const [all, chosen] = [await audiencesOf(page), await channels.audiences(page.db)];
  const first = all.map(({ field, audience }) => [field, chosen.get(audience) ?? '']);
  const fields = page.fields(Object.fromEntries(first) as Record<string, string>);
  await page.render('notices/audiences', {
    audiences: all.map(({ field, name }) => ({ name, field: fields[field] })),
    robots: await robotsOf(page),
    problems: page.problems(fields),
  });
}

async function save(page: Page): Promise<void> {
  const all = await audiencesOf(page);
  const choice = orNone(rowId);
  const form = page.form(z.object(Object.fromEntries(all.map(({ field }) => [field, choice]))));
  const robots = new Set((await robotsOf(page)).map(({ id }) => id));
  const wrong = all.filter(({ field }) => form[field] && !robots.has(String(form[field])));
  if (wrong.length > 0) page.refuse(...wrong.map(({ field }) => ({ field, code: 'choice' })));
  await writing(page.db, async (trx) => {
    const before = Object.fromEntries(await channels.audiences(trx));
    for (const { field, audience } of all)
      await channels.choose(trx, audience, (form[field] as string | null) ?? null);
    const after = Object.fromEntries(await channels.audiences(trx));
    await audit.record(trx, page.audit({ action: 'notice.audiences', object: 'notices', before, after }));
  });
  page.redirect('/notices/audiences', { key: 'common.saved' });
}
