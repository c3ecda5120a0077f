import type { Operation } from '../model/operation.ts';
import type { Subject } from '../model/permission.ts';
import type { Project } from '../model/project.ts';
import * as environments from '../store/environments.ts';
import * as operations from '../store/operations.ts';
import * as projects from '../store/projects.ts';
import type { Page } from './page.ts';
import type { ObjectGuard } from './route.ts';

/** The project of the path, by its key or id; null where there is none. */
export async function projectOf(page: Page): Promise<Project | null> {
  const name = page.param('project');
  return (await projects.byKey(page.db, name)) ?? (await projects.byId(page.db, name));
}

/** The operation of the path; null where there is none. */
export async function operationOf(page: Page): Promise<Operation | null> {
  return operations.byId(page.db, page.param('operation'));
}

export const seesProject: ObjectGuard = { permission: 'project.see', of: projectSubject };
export const deploysProject: ObjectGuard = { permission: 'project.deploy', of: projectSubject };
export const seesOperation: ObjectGuard = { permission: 'project.see', of: recordedSubject };
export const steersOperation: ObjectGuard = { permission: 'project.deploy', of: presentSubject };

async function projectSubject(page: Page): Promise<Subject | null> {
  const project = await projectOf(page);
  return project && subjectOf(page, project);
}

/** An operation is seen by the group that owned the project when it ran. */
async function recordedSubject(page: Page): Promise<Subject | null> {
  const operation = await operationOf(page);
  return operation && { groupId: operation.groupId, production: operation.snapshot.project.production };
}

/** What is done about it now is up to whoever owns the project now. */
async function presentSubject(page: Page): Promise<Subject | null> {
  const operation = await operationOf(page);
  const project = operation && (await projects.byId(page.db, operation.projectId));
  return project ? subjectOf(page, project) : recordedSubject(page);
}

export async function subjectOf(page: Page, project: Project): Promise<Subject> {
  const environment = await environments.byName(page.db, project.environment);
  return { groupId: project.groupId, production: environment?.production ?? true };
}
