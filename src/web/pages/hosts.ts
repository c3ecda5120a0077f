import { z } from 'zod';
import type { Host } from '../../model/host.ts';
import * as arrivals from '../../store/arrivals.ts';
import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import * as hosts from '../../store/hosts.ts';
import { writing } from '../../store/transaction.ts';
import { leftOutView } from '../left-out-view.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { difference } from '../setup/difference.ts';
import { allowedChoices, allowedValues } from '../setup/host-allowed-form.ts';
import { hostDraft, hostForm, noHost } from '../setup/host-form.ts';
import { hostOf } from '../setup/host-of.ts';
import { hostList, hostOverview } from '../setup/host-overview.ts';
import { settingsDefaults, settingsFacts, settingsValues } from '../setup/host-settings-form.ts';
import { refused } from '../setup/refusal.ts';
import { weakSshValues } from '../setup/weak-ssh-form.ts';
import { askKey } from './host-key.ts';

const addForm = hostForm.extend({ environment: z.string().max(24) });

export const routes = [
  get('/hosts', 'admin', list),
  get('/hosts/new', 'admin', showNew),
  post('/hosts', 'admin', add, refused('host.add', showNew)),
  get('/hosts/:host', 'admin', show),
  get('/hosts/:host/edit', 'admin', edit),
  post('/hosts/:host', 'admin', change, refused('host.change', edit)),
  post('/hosts/:host/delete', 'admin', remove),
];

async function list(page: Page): Promise<void> {
  await page.render('hosts/list', { ...(await hostList(page)), waiting: await arrivals.waiting(page.db) });
}

async function showNew(page: Page): Promise<void> {
  const first = (await environmentNames(page))[0] ?? '';
  const values = { address: '', name: '', notes: null, environment: first };
  const more = { ...allowedValues(), ...settingsValues({}), ...weakSshValues(null) };
  await renderForm(page, null, page.fields({ ...values, ...more }));
}

async function add(page: Page): Promise<void> {
  const form = page.form(addForm);
  const known = await environmentNames(page);
  if (form.environment && !known.includes(form.environment))
    page.refuse({ field: 'environment', code: 'choice' });
  const draft = await hostDraft(page, form, noHost, page.who.username);
  const host = await writing(page.db, async (trx) => {
    const added = await hosts.add(trx, draft);
    await audit.record(trx, page.audit({ action: 'host.add', object: objectOf(added), after: facts(added) }));
    return added;
  });
  page.redirect(await askKey(page, host, form.environment), {
    key: 'hosts.added',
    detail: { name: host.name },
  });
}

async function show(page: Page): Promise<void> {
  const host = await hostOf(page);
  const [overview] = await hostOverview(page, [host]);
  await page.render('hosts/show', {
    host,
    overview,
    leftOut: await leftOutView(page, { hostId: host.id }),
    overrides: Object.entries(settingsFacts(host.settings)).filter(([, value]) => value !== false),
    environments: await environmentNames(page),
  });
}

async function edit(page: Page): Promise<void> {
  const host = await hostOf(page);
  const { address, name, notes, settings, allowed, weakSsh } = host;
  const more = { ...allowedValues(allowed), ...settingsValues(settings), ...weakSshValues(weakSsh) };
  await renderForm(page, host, page.fields({ address, name, notes, ...more }));
}

async function change(page: Page): Promise<void> {
  const before = await hostOf(page);
  const draft = await hostDraft(page, page.form(hostForm), before, page.who.username);
  await writing(page.db, async (trx) => {
    const after = await hosts.update(trx, before.id, draft);
    const entry = { action: 'host.change', object: objectOf(before) };
    await audit.record(trx, page.audit({ ...entry, ...difference(facts(before), facts(after)) }));
  });
  page.redirect(`/hosts/${before.id}`, { key: 'common.saved' });
}

async function remove(page: Page): Promise<void> {
  const host = await hostOf(page);
  await writing(page.db, async (trx) => {
    await hosts.remove(trx, host.id);
    const entry = { action: 'host.remove', object: objectOf(host), before: facts(host) };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/hosts', { key: 'hosts.removed', detail: { name: host.name } });
}

async function renderForm(page: Page, host: Host | null, fields: ReturnType<Page['fields']>): Promise<void> {
  await page.render('hosts/edit', {
    host,
    fields,
    problems: page.problems(fields),
    environments: await environmentNames(page),
    allowed: await allowedChoices(page.db),
    defaults: settingsDefaults(),
    hasPassword: Boolean(host?.settings.supervisorPassword),
  });
}

async function environmentNames(page: Page): Promise<string[]> {
  return (await environments.all(page.db)).map((environment) => environment.name);
}

function objectOf(host: Host): string {
  return `host:${host.id}`;
}

function facts(host: Host): Record<string, unknown> {
  const { name, address, notes, allowed, weakSsh, hostKeyFingerprint } = host;
  return { name, address, notes, allowed, weakSsh, hostKeyFingerprint, ...settingsFacts(host.settings) };
}
