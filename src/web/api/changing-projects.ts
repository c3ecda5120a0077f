import { CedarError } from '../../errors.ts';
import type { Project, ProjectSettings } from '../../model/project.ts';
import { projectTypes, typeOf } from '../../project-types/index.ts';
import * as audit from '../../store/audit.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import * as projects from '../../store/projects.ts';
import { writing } from '../../store/transaction.ts';
import { readForm } from '../form.ts';
import { difference } from '../setup/difference.ts';
import { portsAt } from '../setup/port-refusal.ts';
import { projectFacts, projectObject } from '../setup/project-facts.ts';
import { addForm, changeForm, projectDraft, projectValues, startingSettings } from '../setup/project-form.ts';
import type { Call } from './call.ts';
import { endpoint } from './endpoint.ts';
import { projectSchema } from './schemas/project.ts';
import { changedProject, newProject, type ProjectBody } from './schemas/project-body.ts';
import type { z } from './schemas/z.ts';
import { projectAnswers } from './seen.ts';
import { configuresProject, projectHere, subjectOf } from './subjects.ts';
import { inJsonWords, typedFrom } from './typed.ts';

const tag = 'Projects';

export const endpoints = [
  endpoint({
    ...{
      method: 'POST',
      path: '/api/v1/projects',
      tag,
      scopes: ['config'],
      guard: 'token',
      body: newProject,
    },
    summary: 'Add a project',
    about: 'What is left out is as its type begins. Where it runs is said by placements.',
    answers: { 201: { about: 'The project', schema: projectSchema } },
    handle: async (call, { body }) => told(call, 201, await inJsonWords(() => add(call, body))),
  }),
  endpoint({
    ...{ method: 'PATCH', path: '/api/v1/projects/:project', tag, scopes: ['config'], body: changedProject },
    ...{ guard: configuresProject, matched: true },
    summary: 'Change a project',
    about:
      'What is left out stays. Send the ETag of what you read in If-Match: a newer one is never overwritten.',
    answers: { 200: { about: 'The project as it is now', schema: projectSchema } },
    handle: async (call, { body }) => told(call, 200, await inJsonWords(() => change(call, body))),
  }),
];

async function told(call: Call, status: number, project: Project) {
  const [body] = await projectAnswers(call, [project]);
  const headers = { ETag: `"${project.revision}"`, Location: `/api/v1/projects/${project.key}` };
  return { status, body, headers };
}

async function add(call: Call, body: z.output<typeof newProject>): Promise<Project> {
  const type = projectTypes.find(({ name }) => name === body.type);
  if (!type) return call.refuse({ field: 'type', code: 'choice' });
  const environment = await environments.byName(call.db, body.environment);
  if (!environment) return call.refuse({ field: 'environment', code: 'choice' });
  await refuseForeign(call, body.groupId, environment.production);
  const first = { groupId: '', gitUrl: '', branch: 'main', port: null, notes: null };
  const start = startingSettings(type);
  const { name, strategy, scaling, ...rest } = body;
  const values = { ...projectValues({ ...first, settings: start }, type), ...rest, name };
  const form = readForm(addForm(type), typedFrom(values));
  const draft = projectDraft(call, form, type);
  const settings = withRules(call, draft.settings, { strategy, scaling });
  const identity = { environment: environment.name, name, type: type.name, template: null, env: [] };
  return writing(call.db, async (trx) => {
    const added = await projects.add(trx, { ...draft, ...identity, settings });
    const entry = { action: 'project.add', object: projectObject(added), after: projectFacts(added) };
    await audit.record(trx, call.audit(entry));
    return added;
  });
}

async function change(call: Call, body: ProjectBody): Promise<Project> {
  const before = await projectHere(call);
  const revision = revisionAsked(call, before);
  const { production } = await subjectOf(call, before);
  if (body.groupId) await refuseForeign(call, body.groupId, production, before.id);
  const type = typeOf(before.type);
  const { strategy, scaling, ...rest } = body;
  const form = readForm(changeForm(type), typedFrom({ ...projectValues(before, type), ...rest, revision }));
  const draft = projectDraft(call, form, type, before.settings);
  const settings = withRules(call, draft.settings, { strategy, scaling });
  return portsAt(call, 'port', () =>
    writing(call.db, async (trx) => {
      const after = await projects.update(trx, before.id, revision, { ...draft, settings }).catch(outdated);
      const changed = difference(projectFacts(before), projectFacts(after));
      const entry = { action: 'project.change', object: projectObject(before), ...changed };
      await audit.record(trx, call.audit(entry));
      return after;
    }),
  );
}

/** @throws CedarError `match_needed` (428), `outdated` (412) where If-Match is missing or another than the present one */
function revisionAsked(call: Call, { revision }: Project): number {
  const match = call.req.get('If-Match');
  if (match === undefined) throw new CedarError('match_needed', {}, 428);
  if (match === '*' || match === `"${revision}"`) return revision;
  throw new CedarError('outdated', { revision }, 412);
}

function outdated(error: unknown): never {
  if (error instanceof CedarError && error.code === 'project_changed')
    throw new CedarError('outdated', {}, 412);
  throw error;
}

/** A token may put a project only where it may configure: in that group, and in production only with both grants. */
export async function refuseForeign(
  call: Call,
  groupId: string,
  production: boolean,
  projectId = '',
): Promise<void> {
  const group = await groups.byId(call.db, groupId);
  const subject = { groupId, production, projectId };
  if (group && call.may('project.configure', subject)) return;
  const inGroup = group && call.may('project.configure', { ...subject, production: false });
  call.refuse({ field: inGroup ? 'environment' : 'groupId', code: inGroup ? 'not_production' : 'not_yours' });
}

function withRules(
  call: Call,
  settings: ProjectSettings,
  { strategy, scaling }: Pick<ProjectBody, 'strategy' | 'scaling'>,
): ProjectSettings {
  const between = { ...settings.scaling, ...scaling };
  if (between.floor > between.ceiling) call.refuse({ field: 'scaling', code: 'floor_ceiling' });
  return { ...settings, strategy: { ...settings.strategy, ...strategy }, scaling: between };
}
