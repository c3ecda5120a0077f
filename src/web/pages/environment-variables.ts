import type { Variable } from '../../model/variable.ts';
import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import { lastSet } from '../../store/last-set.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refused } from '../setup/refusal.ts';
import {
  setForm,
  shownVariables,
  typedVariables,
  unsetForm,
  variableNames,
  withSet,
} from '../setup/variables-form.ts';

const PATH = '/environments/:environment/variables';

export const routes = [
  get(PATH, 'admin', show),
  post(PATH, 'admin', set, refused('environment.variables', show)),
  post(`${PATH}/delete`, 'admin', unset, refused('environment.variables', show)),
];

async function show(page: Page): Promise<void> {
  const name = page.param('environment');
  const environment = (await environments.byName(page.db, name)) ?? page.notFound();
  const fields = page.fields({ variables: '', secret: false });
  const times = await lastSet(page.db, 'environment.variables', name);
  await page.render('environments/variables', {
    environment,
    variables: shownVariables(environment.env, page.vault, times),
    action: `/environments/${name}/variables`,
    fields,
    problems: page.problems(fields),
  });
}

async function set(page: Page): Promise<void> {
  const typed = typedVariables(page, page.form(setForm));
  await changeVariables(page, { set: variableNames(typed) }, (env) => withSet(page, env, typed));
}

async function unset(page: Page): Promise<void> {
  const { name } = page.form(unsetForm);
  await changeVariables(page, { removed: name }, (env) => env.filter((variable) => variable.name !== name));
}

async function changeVariables(
  page: Page,
  what: Record<string, unknown>,
  decide: (env: Variable[]) => Variable[],
): Promise<void> {
  const name = page.param('environment');
  await writing(page.db, async (trx) => {
    let before: { all: string[] } | undefined;
    const { env } = await environments.setVariables(trx, name, (had) => {
      before = { all: variableNames(had) };
      return decide(had);
    });
    const after = { ...what, all: variableNames(env) };
    await audit.record(trx, page.audit({ action: 'environment.variables', object: name, before, after }));
  });
  page.redirect(`/environments/${name}/variables`, { key: 'common.saved' });
}
