import type { Variable } from '../../model/variable.ts';
import * as audit from '../../store/audit.ts';
import { lastSet } from '../../store/last-set.ts';
import * as placements from '../../store/placements.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { placementHere, placementPath } from '../setup/placement-of.ts';
import { projectObject } from '../setup/project-facts.ts';
import { configuresProject } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import {
  setForm,
  shownVariables,
  typedVariables,
  unsetForm,
  variableNames,
  withSet,
} from '../setup/variables-form.ts';

const PATH = '/projects/:project/hosts/:placement/variables';

export const routes = [
  get(PATH, configuresProject, show),
  post(PATH, configuresProject, set, refused('placement.variables', show)),
  post(`${PATH}/delete`, configuresProject, unset, refused('placement.variables', show)),
];

async function show(page: Page): Promise<void> {
  const { project, placement, host } = await placementHere(page);
  const fields = page.fields({ variables: '', secret: false });
  const times = await lastSet(page.db, 'placement.variables', projectObject(project), host.name);
  await page.render('placements/variables', {
    project,
    host,
    variables: shownVariables(placement.env, page.vault, times),
    action: `${placementPath({ project, placement })}/variables`,
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
  const { project, placement, host } = await placementHere(page);
  await writing(page.db, async (trx) => {
    let before: Record<string, unknown> | undefined;
    const changed = await placements.update(trx, placement.id, ({ processes, env }) => {
      before = { host: host.name, all: variableNames(env) };
      return { processes, env: decide(env) };
    });
    const after = { host: host.name, ...what, all: variableNames(changed.env) };
    const entry = { action: 'placement.variables', object: projectObject(project), before, after };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`${placementPath({ project, placement })}/variables`, { key: 'common.saved' });
}
