import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import { lastSet } from '../../store/last-set.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import {
  setForm,
  shownVariables,
  typedVariables,
  unsetForm,
  variableNames,
  withSet,
} from '../setup/variables-form.ts';

export const routes = [
  get('/projects/:project/variables', configuresProject, show),
  post('/projects/:project/variables', configuresProject, set, refused('project.variables', show)),
  post('/projects/:project/variables/delete', configuresProject, unset, refused('project.variables', show)),
];

async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  const environment = await environments.byName(page.db, project.environment);
  const own = new Set(project.env.map(({ name }) => name));
  const inherited = (environment?.env ?? []).filter(({ name }) => !own.has(name));
  const fields = page.fields({ variables: '', secret: false });
  const times = await lastSet(page.db, 'project.variables', projectObject(project));
  await page.render('projects/variables', {
    project,
    inherited: shownVariables(inherited, page.vault),
    variables: shownVariables(project.env, page.vault, times),
    action: `/projects/${project.key}/variables`,
    fields,
    problems: page.problems(fields),
  });
}

async function set(page: Page): Promise<void> {
  const { id } = await projectHere(page);
  const typed = typedVariables(page, page.form(setForm));
  await writing(page.db, async (trx) => {
    const project = (await projects.byId(trx, id)) ?? page.notFound();
    const env = withSet(page, project.env, typed);
    const before = { all: variableNames(project.env) };
    const after = { set: variableNames(typed), all: variableNames(env) };
    await projects.update(trx, id, project.revision, { env });
    await audit.record(
      trx,
      page.audit({ action: 'project.variables', object: projectObject(project), before, after }),
    );
  });
  page.redirect(`/projects/${page.param('project')}/variables`, { key: 'common.saved' });
}

async function unset(page: Page): Promise<void> {
  const { id } = await projectHere(page);
  const { name } = page.form(unsetForm);
  await writing(page.db, async (trx) => {
    const project = (await projects.byId(trx, id)) ?? page.notFound();
    const env = project.env.filter((variable) => variable.name !== name);
    await projects.update(trx, id, project.revision, { env });
    const before = { all: variableNames(project.env) };
    const after = { removed: name, all: variableNames(env) };
    await audit.record(
      trx,
      page.audit({ action: 'project.variables', object: projectObject(project), before, after }),
    );
  });
  page.redirect(`/projects/${page.param('project')}/variables`, { key: 'common.saved' });
}
