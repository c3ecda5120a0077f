import { ulid } from 'ulid';
import { z } from 'zod';
import { clone } from '../../deploy/clone.ts';
import { environmentName } from '../../model/environment.ts';
import { projectName } from '../../model/project.ts';
import { copyOf } from '../../store/cloning.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { configuresProject, projectHere, refuseForeign } from '../setup/project-of.ts';
import { rowId } from '../setup/setup-fields.ts';
import { askerHere, started } from '../setup/started.ts';

export const routes = [
  get('/projects/:project/clone', configuresProject, show),
  post('/projects/:project/clone', configuresProject, make, show),
];

const form = z.object({
  environment: environmentName,
  name: projectName,
  groupId: rowId,
  idempotencyKey: rowId.optional(),
});

/** What will be made, and what will have to be set there, before the button. */
async function show(page: Page): Promise<void> {
  const project = await projectHere(page);
  const { env, left } = await copyOf(page.db, project);
  const all = await environments.all(page.db);
  const mine = await groups.all(page.db);
  const offered = mine.filter(({ id }) => page.may('project.configure', { groupId: id, production: false }));
  const other = all.find(({ name }) => name !== project.environment) ?? all[0];
  const fields = page.fields({
    environment: other?.name ?? '',
    name: project.name,
    groupId: project.groupId,
  });
  await page.render('projects/clone', {
    ...{ project, fields, problems: page.problems(fields), idempotencyKey: ulid() },
    environments: all.map(({ name }) => ({ value: name, label: name })),
    groups: offered.map(({ id, name }) => ({ value: id, label: name })),
    variables: env.map(({ name }) => name),
    left: left.map(({ place, name }) => `${page.t(`ops.left.${place}`)} ${name}`),
  });
}

async function make(page: Page): Promise<void> {
  const { id: source } = await projectHere(page);
  const typed = page.form(form);
  const { environment, name, groupId } = typed;
  const target = await environments.byName(page.db, environment);
  if (!target) return page.refuse({ field: 'environment', code: 'choice' });
  await refuseForeign(page, groupId, target.production);
  if (!(await groups.byId(page.db, groupId))) return page.refuse({ field: 'groupId', code: 'choice' });
  const wish = { ...askerHere(page, typed), source, environment, name, groupId };
  await started(page, () => clone(page.db, wish), { clone_taken: { field: 'name', code: 'taken' } });
}
