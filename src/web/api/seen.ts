import type { Project } from '../../model/project.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import * as projects from '../../store/projects.ts';
import type { Call } from './call.ts';
import { projectAnswer } from './schemas/project.ts';

/** The projects that a token may see. */
export async function seenProjects(call: Call): Promise<Project[]> {
  const all = await projects.ofGroups(call.db, call.groupIds);
  return all.filter(({ id, groupId }) => call.sees({ groupId, projectId: id }));
}

/** Projects as they are answered, with the names that belong to them. */
export async function projectAnswers(call: Call, some: Project[]) {
  const names = new Map((await groups.all(call.db)).map((group) => [group.id, group.name]));
  const production = new Map((await environments.all(call.db)).map((one) => [one.name, one.production]));
  return some.map((project) =>
    projectAnswer(project, {
      group: names.get(project.groupId) ?? '',
      production: production.get(project.environment) ?? true,
    }),
  );
}
