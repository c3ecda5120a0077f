import type { Project } from '../../model/project.ts';
import { hasProcesses, type ProjectType, projectTypes, typeOf } from '../../project-types/index.ts';
import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refuseBusy } from '../setup/busy.ts';
import { difference } from '../setup/difference.ts';
import { optionViews } from '../setup/options-form.ts';
import { portsAt } from '../setup/port-refusal.ts';
import { projectFacts, projectObject } from '../setup/project-facts.ts';
import { addForm, changeForm, projectDraft, projectValues, startingSettings } from '../setup/project-form.ts';
import { configuresProject, projectHere, refuseForeign } from '../setup/project-of.ts';
import { projectOverview } from '../setup/project-overview.ts';
import { refused } from '../setup/refusal.ts';
import { subjectOf } from '../subjects.ts';

export const routes = [
  get('/projects', 'signed-in', list),
  get('/projects/new', 'project.create', showNew),
  post('/projects', 'project.create', add, refused('project.add', showNew)),
  get('/projects/:project/settings', configuresProject, edit),
  post('/projects/:project/settings', configuresProject, change, refused('project.change', edit)),
  post('/projects/:project/delete', configuresProject, remove),
];

async function list(page: Page): Promise<void> {
  await page.render('projects/list', await projectOverview(page));
}

async function showNew(page: Page): Promise<void> {
  const type = chosenType(page);
  const settings = startingSettings(type);
  const first = { groupId: '', gitUrl: '', branch: 'main', port: null, settings, notes: null };
  const fields = page.fields({ name: '', environment: '', ...projectValues(first, type) });
  const all = await environments.all(page.db);
  const offered = all.filter((environment) => mayAnywhere(page, environment.production));
  await renderForm(page, { project: null, type, fields, types: projectTypes, environments: offered });
}

async function add(page: Page): Promise<void> {
  const form = page.form(addForm(chosenType(page)));
  const type = typeOf(form.type);
  const environment = await environments.byName(page.db, form.environment);
  if (!environment) return page.refuse({ field: 'environment', code: 'choice' });
  await refuseForeign(page, form.groupId, environment.production);
  await refuseUnknownGroup(page, form.groupId);
  const identity = { environment: environment.name, name: form.name, type: type.name };
  const draft = { ...identity, ...projectDraft(page, form, type), template: null, env: [] };
  const project = await writing(page.db, async (trx) => {
    const added = await projects.add(trx, draft);
    const entry = { action: 'project.add', object: projectObject(added), after: projectFacts(added) };
    await audit.record(trx, page.audit(entry));
    return added;
  });
  page.redirect(`/projects/${project.key}/hosts`, { key: 'projects.added', detail: { key: project.key } });
}

async function edit(page: Page): Promise<void> {
  const project = await projectHere(page);
  const fields = page.fields({ revision: project.revision, ...projectValues(project, typeOf(project.type)) });
  await renderForm(page, { project, type: typeOf(project.type), fields, types: [], environments: [] });
}

async function change(page: Page): Promise<void> {
  const before = await projectHere(page);
  const form = page.form(changeForm(typeOf(before.type)));
  const { production } = await subjectOf(page, before);
  await refuseForeign(page, form.groupId, production);
  await refuseUnknownGroup(page, form.groupId);
  const draft = projectDraft(page, form, typeOf(before.type), before.settings);
  await portsAt(page, 'port', () =>
    writing(page.db, async (trx) => {
      const after = await projects.update(trx, before.id, form.revision, draft);
      const changed = difference(projectFacts(before), projectFacts(after));
      const entry = { action: 'project.change', object: projectObject(before), ...changed };
      await audit.record(trx, page.audit(entry));
    }),
  );
  page.redirect(`/projects/${before.key}/settings`, { key: 'common.saved' });
}

async function remove(page: Page): Promise<void> {
  const project = await projectHere(page);
  await writing(page.db, async (trx) => {
    await refuseBusy(trx, project.id);
    await projects.remove(trx, project.id);
    const entry = { action: 'project.remove', object: projectObject(project), before: projectFacts(project) };
    await audit.record(trx, page.audit(entry));
  });
  page.redirect('/projects', { key: 'projects.removed', detail: { key: project.key } });
}

type FormModel = {
  project: Project | null;
  type: ProjectType;
  fields: ReturnType<Page['fields']>;
  types: readonly ProjectType[];
  environments: readonly { name: string }[];
};

async function renderForm(page: Page, model: FormModel): Promise<void> {
  const known = await groups.all(page.db, page.groupIds);
  const yours = known.filter(({ id }) => page.may('project.configure', { groupId: id, production: false }));
  const problems = page.problems(model.fields);
  const { project, type, fields } = model;
  const options = optionViews(page, type.name, type.options, fields, project?.settings.options ?? {});
  const supervised = hasProcesses(type);
  await page.render('projects/edit', { ...model, problems, groups: yours, options, supervised });
}

/** The type of the form at hand: what was sent, else what the query names, else the first. */
function chosenType(page: Page): ProjectType {
  const sent = (page.req.body as Record<string, unknown> | undefined)?.type;
  const name = typeof sent === 'string' ? sent : page.query('type');
  return projectTypes.find((type) => type.name === name) ?? (projectTypes[0] as ProjectType);
}

function mayAnywhere(page: Page, production: boolean): boolean {
  if (page.who.role === 'admin') return true;
  return page.who.grants.some(({ groupId }) => page.may('project.configure', { groupId, production }));
}

async function refuseUnknownGroup(page: Page, groupId: string): Promise<void> {
  if (!(await groups.byId(page.db, groupId))) page.refuse({ field: 'groupId', code: 'choice' });
}
