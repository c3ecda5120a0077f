import { z } from 'zod';
import { type NewsRoute, newsKinds } from '../../model/route.ts';
import { channelOf } from '../../notify/index.ts';
import * as audit from '../../store/audit.ts';
import * as channels from '../../store/channels.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import * as newsRoutes from '../../store/news-routes.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';

export const routes = [
  get('/notices/routes', 'admin', list),
  post('/notices/routes', 'admin', add, refused('route.add', list)),
  post('/notices/routes/:route/delete', 'admin', remove),
];

const choice = z.string().max(64);
const form = z.object({ kind: choice, groupId: choice, environment: choice, channelId: choice });
const nothing = z.object({});

async function list(page: Page): Promise<void> {
  const fields = page.fields({ kind: '', groupId: '', environment: '', channelId: '' });
  const offered = await choices(page);
  const name = (of: { value: string; label: string }[], value: string | null) =>
    of.find((one) => one.value === (value ?? ''))?.label ?? value;
  const rows = (await newsRoutes.all(page.db)).map((route) => ({
    id: route.id,
    kind: name(offered.kinds, route.kind),
    group: name(offered.groups, route.groupId),
    environment: name(offered.environments, route.environment),
    channel: name(offered.robots, route.channelId),
  }));
  const would = await wouldHear(page, offered);
  await page.render('notices/routes', { rows, fields, ...offered, would, problems: page.problems(fields) });
}

/** What was asked with the address, and who would hear of it; `names` null: nothing was asked. */
async function wouldHear(page: Page, offered: Awaited<ReturnType<typeof choices>>) {
  const chosen = (name: string, of: { value: string }[]) =>
    of.find(({ value }) => value !== '' && value === page.query(name))?.value ?? '';
  const asked = {
    askKind: chosen('askKind', offered.kinds),
    askGroup: chosen('askGroup', offered.groups),
    askEnvironment: chosen('askEnvironment', offered.environments),
  };
  const fields = Object.entries(asked).map(([name, value]) => ({ name, value, error: null }));
  const kind = newsKinds.find((one) => one === asked.askKind);
  const of = { fields: Object.fromEntries(fields.map((field) => [field.name, field])), names: null };
  if (!kind || !asked.askGroup || !asked.askEnvironment) return of;
  const environment = asked.askEnvironment;
  const production = await environments.isProduction(page.db, environment);
  const place = { groupId: asked.askGroup, environment, production };
  const heard = (await newsRoutes.hearers(page.db))(kind, place);
  return { ...of, names: (await channels.all(page.db)).filter(({ id }) => heard.includes(id)) };
}

async function choices(page: Page) {
  const any = (key: string) => ({ value: '', label: page.t(`notices.route.${key}`) });
  const robots = (await channels.all(page.db)).filter(({ kind }) => channelOf(kind).hears === 'people');
  const named = (name: string) => ({ value: name, label: name });
  return {
    kinds: [
      any('any_kind'),
      ...newsKinds.map((kind) => ({ value: kind, label: page.t(`notices.route.of.${kind}`) })),
    ],
    groups: [
      any('any_group'),
      ...(await groups.all(page.db)).map(({ id, name }) => ({ value: id, label: name })),
    ],
    environments: [any('production'), ...(await environments.all(page.db)).map(({ name }) => named(name))],
    robots: robots.map(({ id, name }) => ({ value: id, label: name })),
  };
}

async function add(page: Page): Promise<void> {
  const typed = page.form(form);
  const offered = await choices(page);
  const lists = {
    ...{ kind: offered.kinds, groupId: offered.groups },
    ...{ environment: offered.environments, channelId: offered.robots },
  };
  const fields = Object.keys(lists) as (keyof typeof lists)[];
  const wrong = fields.filter((field) => !lists[field].some(({ value }) => value === typed[field]));
  if (wrong.length > 0) page.refuse(...wrong.map((field) => ({ field, code: 'choice' })));
  const route: Omit<NewsRoute, 'id'> = {
    kind: newsKinds.find((kind) => kind === typed.kind) ?? null,
    groupId: typed.groupId || null,
    environment: typed.environment || null,
    channelId: typed.channelId,
  };
  await writing(page.db, async (trx) => {
    const id = await newsRoutes.add(trx, route);
    await audit.record(trx, page.audit({ action: 'route.add', object: `route:${id}`, after: route }));
  });
  page.redirect('/notices/routes', { key: 'common.saved' });
}

async function remove(page: Page): Promise<void> {
  page.form(nothing);
  const id = page.param('route');
  const route = (await newsRoutes.all(page.db)).find((one) => one.id === id) ?? page.notFound();
  await writing(page.db, async (trx) => {
    if (!(await newsRoutes.remove(trx, id))) return;
    await audit.record(trx, page.audit({ action: 'route.remove', object: `route:${id}`, before: route }));
  });
  page.redirect('/notices/routes', { key: 'notices.route.removed' });
}
