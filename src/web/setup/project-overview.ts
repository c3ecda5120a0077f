import { worstOf } from '../../model/live-state.ts';
import type { Placement } from '../../model/placement.ts';
import type { Project } from '../../model/project.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import * as placements from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import { placementStates } from '../../store/states.ts';
import type { Page } from '../page.ts';

/** The list of projects that a person may see, by environment, as its address's filters say. */
export async function projectOverview(page: Page): Promise<Record<string, unknown>> {
  const [group, environment] = [page.query('group'), page.query('environment')];
  const allGroups = await groups.all(page.db, page.groupIds);
  const allEnvironments = await environments.all(page.db);
  const seen = await projects.ofGroups(page.db, page.groupIds);
  const chosen = seen.filter(
    (project) =>
      (group === null || project.groupId === group) &&
      (environment === null || project.environment === environment),
  );
  const rows = await projectRows(page, chosen, new Map(allGroups.map(({ id, name }) => [id, name])));
  const sections = allEnvironments
    .map((one) => ({ ...one, projects: rows.filter((row) => row.environment === one.name) }))
    .filter((section) => section.projects.length > 0);
  return {
    sections,
    empty: seen.length === 0,
    groups: allGroups,
    environments: allEnvironments,
    filter: { group, environment },
  };
}

async function projectRows(page: Page, chosen: Project[], groupNames: Map<string, string>) {
  const placed = byProject(await placements.all(page.db));
  const ids = chosen.flatMap(({ id }) => (placed.get(id) ?? []).map((placement) => placement.id));
  const states = await placementStates(page.db, ids, page.settings.sweepSeconds * 3000);
  return chosen.map((project) => {
    const here = placed.get(project.id) ?? [];
    const worst = worstOf(here.flatMap(({ id }) => states.get(id) ?? []));
    return {
      key: project.key,
      name: project.name,
      environment: project.environment,
      type: project.type,
      branch: project.branch,
      group: groupNames.get(project.groupId) ?? '',
      hosts: here.length,
      state: worst?.state ?? null,
    };
  });
}

function byProject(all: Placement[]): Map<string, Placement[]> {
  const placed = new Map<string, Placement[]>();
  for (const placement of all) {
    const here = placed.get(placement.projectId);
    if (here) here.push(placement);
    else placed.set(placement.projectId, [placement]);
  }
  return placed;
}
