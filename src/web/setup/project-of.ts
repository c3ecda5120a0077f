import type { Project } from '../../model/project.ts';
import type { Page } from '../page.ts';
import type { ObjectGuard } from '../route.ts';
import { projectOf, subjectOf } from '../subjects.ts';

/** Guards the pages that set up a project: unseen is 404, seen only is 403. */
export const configuresProject: ObjectGuard = {
  permission: 'project.configure',
  of: async (page) => {
    const project = await projectOf(page);
    return project && subjectOf(page, project);
  },
};

/** The project of the path, behind a guard that found it. */
export async function projectHere(page: Page): Promise<Project> {
  return (await projectOf(page)) ?? page.notFound();
}

/** Refuses at the field where the person may not configure projects of that group there. */
export async function refuseForeign(page: Page, groupId: string, production: boolean): Promise<void> {
  if (page.may('project.configure', { groupId, production })) return;
  const inGroup = page.may('project.configure', { groupId, production: false });
  page.refuse({ field: inGroup ? 'environment' : 'groupId', code: inGroup ? 'not_production' : 'not_yours' });
}
