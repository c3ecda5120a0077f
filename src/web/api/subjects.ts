import type { Operation } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { TokenSubject } from '../../model/token.ts';
import * as environments from '../../store/environments.ts';
import * as operations from '../../store/operations.ts';
import * as projects from '../../store/projects.ts';
import type { Call } from './call.ts';
import type { SubjectGuard } from './endpoint.ts';

/** The project of the path, by its key or id, behind a guard that found it. */
export async function projectHere(call: Call): Promise<Project> {
  return (await projectOf(call)) ?? call.notFound();
}

/** The operation of the path, behind a guard that found it. */
export async function operationHere(call: Call): Promise<Operation> {
  return (await operations.byId(call.db, call.param('operation'))) ?? call.notFound();
}

export const seesProject: SubjectGuard = { permission: 'project.see', of: projectSubject };
export const deploysProject: SubjectGuard = { permission: 'project.deploy', of: projectSubject };
export const configuresProject: SubjectGuard = { permission: 'project.configure', of: projectSubject };
export const seesOperation: SubjectGuard = { permission: 'project.see', of: recordedSubject };
export const steersOperation: SubjectGuard = { permission: 'project.deploy', of: presentSubject };

/** What permissions are asked about a project. */
export async function subjectOf(call: Call, project: Project): Promise<TokenSubject> {
  const environment = await environments.byName(call.db, project.environment);
  const production = environment?.production ?? true;
  return { groupId: project.groupId, projectId: project.id, production };
}

async function projectOf(call: Call): Promise<Project | null> {
  const name = call.param('project');
  return (await projects.byKey(call.db, name)) ?? (await projects.byId(call.db, name));
}

async function projectSubject(call: Call): Promise<TokenSubject | null> {
  const project = await projectOf(call);
  return project && subjectOf(call, project);
}

/** An operation is seen by the group that owned the project when it ran. */
async function recordedSubject(call: Call): Promise<TokenSubject | null> {
  const operation = await operations.byId(call.db, call.param('operation'));
  if (!operation) return null;
  const { groupId, projectId, snapshot } = operation;
  return { groupId, projectId, production: snapshot.project.production };
}

/** What is done about it now is up to whoever owns the project now. */
async function presentSubject(call: Call): Promise<TokenSubject | null> {
  const operation = await operations.byId(call.db, call.param('operation'));
  const project = operation && (await projects.byId(call.db, operation.projectId));
  return project ? subjectOf(call, project) : recordedSubject(call);
}
