import { z } from 'zod';
import * as audit from '../../store/audit.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { difference } from '../setup/difference.ts';
import { projectFacts, projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import { revision } from '../setup/setup-fields.ts';
import { strategyIn, strategyShape, strategyValues } from '../strategy/strategy-fields.ts';

export const routes = [
  get('/projects/:project/strategy', configuresProject, show),
  post('/projects/:project/strategy', configuresProject, save, refused('project.strategy', show)),
];

const form = z.object({ revision, ...strategyShape });

async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  const fields = page.fields({ revision: project.revision, ...strategyValues(project.settings.strategy) });
  await page.render('projects/strategy', { project, fields, problems: page.problems(fields) });
}

async function save(page: Page): Promise<void> {
  const before = await projectHere(page);
  const typed = page.form(form);
  await writing(page.db, async (trx) => {
    const settings = { ...before.settings, strategy: strategyIn(typed) };
    const after = await projects.update(trx, before.id, typed.revision, { settings });
    const changed = difference(projectFacts(before), projectFacts(after));
    const entry = { action: 'project.strategy', object: projectObject(before), ...changed };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect(`/projects/${before.key}/strategy`, { key: 'common.saved' });
}
