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
  const projects = new Map<string, { key: string; name: string }[]>();
  for (const { key, name, groupId, environment } of await projectNames(page.db, seen)) {
    const place = `${groupId} ${environment}`;
    const there = projects.get(place);
    if (there) there.push({ key, name });
    else projects.set(place, [{ key, name }]);
  }
  const places = await environments.all(page.db);
  return (await groups.all(page.db, seen))
    .map((group) => ({
      group: group.name,
      environments: places.flatMap(({ name, production }) => {
        const here = projects.get(`${group.id} ${name}`);
        return here ? [{ name, production, projects: here }] : [];
      }),
    }))
    .filter((group) => group.environments.length > 0);
}
