import { registries } from '../../registries/index.ts';
import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { difference } from '../setup/difference.ts';
import { optionViews } from '../setup/options-form.ts';
import { projectFacts, projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import {
  chosenRegistry,
  optionsBefore,
  trafficDraft,
  trafficForm,
  trafficValues,
} from '../setup/traffic-form.ts';

/** A registry's command is code that runs, as the build command is: the same right changes both (S28). */
export const routes = [
  get('/projects/:project/traffic', configuresProject, show),
  post('/projects/:project/traffic', configuresProject, save, refused('project.traffic', show)),
];

async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  const registry = chosenRegistry(page, project);
  const fields = page.fields(trafficValues(project, registry));
  const stored = optionsBefore(project.settings, registry);
  const environment = await environments.byName(page.db, project.environment);
  await page.render('projects/traffic', {
    project,
    fields,
    registry: registry.name,
    registries: registries.map(({ name }) => name),
    counts: registry.counts,
    hasPort: project.port !== null,
    production: environment?.production ?? false,
    options: optionViews(page, registry.name, registry.options, fields, stored),
    problems: page.problems(fields),
  });
}

async function save(page: Page): Promise<void> {
  const before = await projectHere(page);
  const registry = chosenRegistry(page, before);
  const form = page.form(trafficForm(registry));
  const settings = trafficDraft(page, form, before, registry);
  await writing(page.db, async (trx) => {
    const after = await projects.update(trx, before.id, form.revision, { settings });
    const changed = difference(projectFacts(before), projectFacts(after));
    const entry = { action: 'project.traffic', object: projectObject(before), ...changed };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/projects/${before.key}/traffic`, { key: 'common.saved' });
}
