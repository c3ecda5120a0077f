import { z } from 'zod';
import { type Environment, environmentName } from '../../model/environment.ts';
import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import { isNeeded } from '../../store/ticket-rules.ts';
import { writing } from '../../store/transaction.ts';
import { checkbox } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { difference } from '../setup/difference.ts';
import {
  settingsDefaults,
  settingsFacts,
  settingsOf,
  settingsShape,
  settingsValues,
} from '../setup/host-settings-form.ts';
import { refused } from '../setup/refusal.ts';
import { whole } from '../setup/setup-fields.ts';

const changeForm = z.object({ production: checkbox, position: whole(0, 999), ...settingsShape });
const addForm = changeForm.extend({ name: environmentName });

export const routes = [
  get('/environments', 'admin', list),
  get('/environments/new', 'admin', showNew),
  post('/environments', 'admin', add, refused('environment.add', showNew)),
  get('/environments/:environment', 'admin', show),
  post('/environments/:environment', 'admin', change, refused('environment.change', show)),
  post('/environments/:environment/delete', 'admin', remove),
];

async function list(page: Page): Promise<void> {
  const all = await environments.all(page.db);
  await page.render('environments/list', {
    environments: all.map((environment) => ({
      ...environment,
      overrides: Object.keys(environment.settings).length,
    })),
  });
}

async function showNew(page: Page): Promise<void> {
  const values = { name: '', production: false, position: 0, ...settingsValues({}) };
  const fields = page.fields(values);
  await page.render('environments/edit', {
    environment: null,
    fields,
    problems: page.problems(fields),
    defaults: settingsDefaults(),
    hasPassword: false,
  });
}

async function add(page: Page): Promise<void> {
  const form = page.form(addForm);
  const draft = { name: form.name, ...decided(form, {}, page) };
  await writing(page.db, async (trx) => {
    const environment = await environments.add(trx, draft);
    const entry = { action: 'environment.add', object: environment.name, after: facts(environment) };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/environments', { key: 'environments.added', detail: { name: form.name } });
}

async function show(page: Page): Promise<void> {
  const environment = await environmentOf(page);
  const { production, position, settings } = environment;
  const fields = page.fields({ production, position, ...settingsValues(settings) });
  await page.render('environments/edit', {
    environment,
    ticketNeeded: await isNeeded(page.db, 'environment', environment.name),
    fields,
    problems: page.problems(fields),
    defaults: settingsDefaults(),
    hasPassword: Boolean(settings.supervisorPassword),
  });
}

async function change(page: Page): Promise<void> {
  const before = await environmentOf(page);
  const draft = decided(page.form(changeForm), before.settings, page);
  await writing(page.db, async (trx) => {
    const after = await environments.update(trx, before.name, draft);
    const entry = { action: 'environment.change', object: before.name };
    await audit.record(trx, page.audit({ ...entry, ...difference(facts(before), facts(after)) }));
  });
  page.redirect('/environments', { key: 'environments.changed', detail: { name: before.name } });
}

async function remove(page: Page): Promise<void> {
  const environment = await environmentOf(page);
  await writing(page.db, async (trx) => {
    await environments.remove(trx, environment.name);
    const entry = { action: 'environment.remove', object: environment.name, before: facts(environment) };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/environments', { key: 'environments.removed', detail: { name: environment.name } });
}

async function environmentOf(page: Page): Promise<Environment> {
  return (await environments.byName(page.db, page.param('environment'))) ?? page.notFound();
}

function decided(form: z.output<typeof changeForm>, before: Environment['settings'], page: Page) {
  const { production, position } = form;
  return { production, position, settings: settingsOf(form, before, page.vault) };
}

function facts(environment: Environment): Record<string, unknown> {
  const { production, position, settings } = environment;
  return { production, position, ...settingsFacts(settings) };
}
