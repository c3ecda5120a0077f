import { openings } from '../../deploy/openings.ts';
import type { Openness } from '../../model/openness.ts';
import * as environments from '../../store/environments.ts';
import * as freezes from '../../store/freezes.ts';
import * as groups from '../../store/groups.ts';
import { projectNames } from '../../store/project-names.ts';
import type { Page } from '../page.ts';
import { type Named, named, scopeChoices, scopeValue } from './scopes.ts';

/** Projects of a group whose windows are alike now. */
export type GroupWindow = { group: string; projects: string[]; openness: Openness };

/** Whether the windows of the person's projects are open, and what is or will soon be frozen. */
export type HomeWindows = { windows: GroupWindow[]; freezes: Named<freezes.KeptFreeze>[] };

const SOON_MS = 14 * 86_400_000;

export async function homeWindows(page: Page): Promise<HomeWindows> {
  const { db, groupIds } = page;
  const { at, windowFor, freezesFor, opennessFor } = await openings(db);
  const ahead = (await freezes.endingAfter(db, at)).filter(({ from }) => from < at + SOON_MS);
  const names = new Map((await groups.all(db, groupIds)).map(({ id, name }) => [id, name]));
  const production = new Map((await environments.all(db)).map((one) => [one.name, one.production]));
  const found = new Map<string, GroupWindow>();
  const seen = await projectNames(db, groupIds);
  for (const project of seen) {
    const placed = { ...project, production: production.get(project.environment) ?? true };
    if (windowFor(placed) === null && freezesFor(placed).length === 0) continue;
    const openness = opennessFor(placed);
    const key = `${project.groupId} ${JSON.stringify(openness)}`;
    const row = found.get(key) ?? { group: names.get(project.groupId) ?? '', projects: [], openness };
    row.projects.push(project.key);
    found.set(key, row);
  }
  if (ahead.length === 0) return { windows: [...found.values()], freezes: [] };
  const frozen = new Set(ahead.map(({ scope }) => scopeValue(scope)));
  const projects = seen.filter(({ id }) => frozen.has(scopeValue({ kind: 'project', id })));
  const choices = await scopeChoices(page, projects);
  return { windows: [...found.values()], freezes: named(page, ahead, choices) };
}
