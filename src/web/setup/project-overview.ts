import { believedMs } from '../../model/belief.ts';
import type { LiveState } from '../../model/process.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { worstStates } from '../../store/placed-states.ts';
import { projectNames } from '../../store/project-names.ts';
import { leafOf } from '../leaf.ts';
import type { Page } from '../page.ts';

const AT_ONCE = 100;

/** A leaf of the list of projects that a person may see, by environment, as its address's filters say. */
export async function projectOverview(page: Page): Promise<Record<string, unknown>> {
  const [group, environment] = [page.query('group') || null, page.query('environment') || null];
  const text = (page.query('q') ?? '').trim().slice(0, 100).toLowerCase();
  const allGroups = await groups.all(page.db, page.groupIds);
  const allEnvironments = await environments.all(page.db);
  const seen = await projectNames(page.db, page.groupIds);
  const chosen = seen.filter(
    (project) =>
      (group === null || project.groupId === group) &&
      (environment === null || project.environment === environment) &&
      project.key.toLowerCase().includes(text),
  );
  const { rows, newer, older } = leafOf(page, chosen, AT_ONCE);
  const staleMs = believedMs(page.settings.sweepSeconds);
  const states = await worstStates(
    page.db,
    rows.map(({ id }) => id),
    staleMs,
  );
  const names = new Map(allGroups.map(({ id, name }) => [id, name]));
  const shown = rows.map((project) => ({
    ...{ ...project, group: names.get(project.groupId) ?? '', hosts: states.get(project.id)?.hosts ?? 0 },
    state: states.get(project.id)?.state ?? (null as LiveState | null),
  }));
  return {
    sections: allEnvironments
      .map((one) => ({ ...one, projects: shown.filter((row) => row.environment === one.name) }))
      .filter((section) => section.projects.length > 0),
    ...{ newer, older, empty: seen.length === 0, many: seen.length > AT_ONCE },
    groups: allGroups,
    environments: allEnvironments,
    filter: { group, environment, q: page.query('q') ?? '' },
  };
}
