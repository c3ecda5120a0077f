import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { projectNames } from '../../store/project-names.ts';
import type { Page } from '../page.ts';

/** The projects that the person may see, by group and environment: the list at the left. */
export type Neighbours = {
  group: string;
  environments: { name: string; production: boolean; projects: { key: string; name: string }[] }[];
}[];

export async function neighbours(page: Page): Promise<Neighbours> {
  const seen = page.groupIds;
  const all = await projectNames(page.db, seen);
  const places = await environments.all(page.db);
  return (await groups.all(page.db, seen))
    .map((group) => ({
      group: group.name,
      environments: places
        .map(({ name, production }) => ({
          name,
          production,
          projects: all
            .filter((project) => project.groupId === group.id && project.environment === name)
            .map((project) => ({ key: project.key, name: project.name })),
        }))
        .filter((environment) => environment.projects.length > 0),
    }))
    .filter((group) => group.environments.length > 0);
}
