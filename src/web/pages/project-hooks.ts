import * as audit from '../../store/audit.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { difference } from '../setup/difference.ts';
import { hooksForm, hooksOf, hooksValues, hookViews } from '../setup/hooks-form.ts';
import { projectFacts, projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';

/** Hooks are code that runs, as the build command is: the same right changes both (S28). */
export const routes = [
  get('/projects/:project/hooks', configuresProject, show),
  post('/projects/:project/hooks', configuresProject, save, refused('project.hooks', show)),
];

async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  const { hooks } = project.settings;
  const fields = page.fields({ revision: project.revision, ...hooksValues(hooks) });
  await page.render('projects/hooks', {
    project,
    fields,
    places: hookViews(page, fields, hooks),
    problems: page.problems(fields),
  });
}

async function save(page: Page): Promise<void> {
  const before = await projectHere(page);
  const form = page.form(hooksForm);
  await writing(page.db, async (trx) => {
    const settings = { ...before.settings, hooks: hooksOf(form) };
    const after = await projects.update(trx, before.id, form.revision, { settings });
    const changed = difference(projectFacts(before), projectFacts(after));
    const entry = { action: 'project.hooks', object: projectObject(before), ...changed };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/projects/${before.key}/hooks`, { key: 'common.saved' });
}
