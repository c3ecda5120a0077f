import { type WeeklyCounts, weeklyTable, weeklyWhats } from '../../model/weekly.ts';
import { weekly } from '../../store/weekly-counts.ts';
import type { Page } from '../page.ts';
import { addressOf, type Wish } from './wish.ts';
import { wordsOf } from './words.ts';

/** Projects shown; the file has all of them. */
const SHOWN = 100;

/** The weekly table as its view shows it: blocks of rows with a linked number per week. */
export async function weeklyView(page: Page, wish: Wish) {
  const { all, projects } = weeklyTable(await weekly(page.db, wish.scope, wish.starts), wish.weeks);
  const { day, number } = wordsOf(page);
  const rowsOf = (counts: WeeklyCounts, project: string) =>
    weeklyWhats.map((what) => ({
      what,
      name: page.t(`statistics.${what}`),
      cells: counts[what].map((count, week) => ({
        ...{ count, shown: number(count) },
        href: addressOf('/statistics/operations', wish, {
          ...{ project, of: what, from: wish.starts[week]!, until: wish.starts[week + 1]! },
        }),
      })),
    }));
  return {
    weeks: wish.starts.slice(0, -1).map((at) => ({ at, name: day(at) })),
    all: rowsOf(all, wish.project),
    projects: projects.slice(0, SHOWN).map((project) => ({
      key: project.projectKey,
      rows: rowsOf(project.counts, project.projectId),
    })),
    more: projects.length > SHOWN,
    empty: projects.length === 0,
  };
}

/** The same as rows of a file: one per project and week in which anything was asked for. */
export async function weeklyRows(page: Page, wish: Wish): Promise<(string | number)[][]> {
  const { projects } = weeklyTable(await weekly(page.db, wish.scope, wish.starts), wish.weeks);
  const lines = projects.flatMap(({ projectKey, counts }) =>
    wish.starts
      .slice(0, -1)
      .map((at, week) => [
        ...[projectKey, new Date(at).toISOString()],
        ...weeklyWhats.map((what) => counts[what][week] ?? 0),
      ]),
  );
  return [['project', 'week', ...weeklyWhats], ...lines];
}
