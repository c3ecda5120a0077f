import type { OperationKind } from './operation.ts';

/** What the weekly table counts, and the kinds of operation that each of its rows counts. */
export const weeklyKinds = {
  updates: ['deploy', 'promote'],
  restarts: ['restart'],
  rollbacks: ['rollback', 'fast-rollback'],
} as const satisfies Record<string, readonly OperationKind[]>;

export type WeeklyWhat = keyof typeof weeklyKinds;
export const weeklyWhats = Object.keys(weeklyKinds) as WeeklyWhat[];

/** How often each was asked for, week after week. */
export type WeeklyCounts = Record<WeeklyWhat, number[]>;

const WEEK_MS = 7 * 86_400_000;
/** 1970-01-05, the first Monday (UTC) of all times that are counted in. */
const MONDAY = 4 * 86_400_000;

/** The begin of the week of a moment, Monday in UTC; epoch milliseconds. */
export function mondayBefore(at: number): number {
  return at - ((at - MONDAY) % WEEK_MS);
}

/** The begin of a week in UTC that lies nearest. */
export function nearestMonday(at: number): number {
  return mondayBefore(at + WEEK_MS / 2);
}

/** One counted kind of a project in a week; weeks are numbered from 0, the oldest. */
export type WeeklyRow = { projectId: string; projectKey: string; kind: string; week: number; count: number };

export type WeeklyProject = { projectId: string; projectKey: string; counts: WeeklyCounts; total: number };

/** The table of `weeks` weeks: everything together, and each project, the busiest first. */
export function weeklyTable(
  rows: WeeklyRow[],
  weeks: number,
): { all: WeeklyCounts; projects: WeeklyProject[] } {
  const all = nothing(weeks);
  const projects = new Map<string, WeeklyProject>();
  for (const row of rows) {
    const { projectId, projectKey } = row;
    const project = projects.get(projectId) ?? { projectId, projectKey, counts: nothing(weeks), total: 0 };
    projects.set(projectId, project);
    const what = whatOf(row.kind);
    for (const counts of [all, project.counts])
      counts[what][row.week] = (counts[what][row.week] ?? 0) + row.count;
    project.total += row.count;
  }
  const busiest = [...projects.values()].sort(
    (one, other) => other.total - one.total || (one.projectKey < other.projectKey ? -1 : 1),
  );
  return { all, projects: busiest };
}

function nothing(weeks: number): WeeklyCounts {
  const zeros = () => Array.from({ length: weeks }, () => 0);
  return { updates: zeros(), restarts: zeros(), rollbacks: zeros() };
}

/** @throws for a kind that the table does not count. */
function whatOf(kind: string): WeeklyWhat {
  const what = weeklyWhats.find((one) => (weeklyKinds[one] as readonly string[]).includes(kind));
  if (!what) throw new Error(`the weekly table does not count ${kind}`);
  return what;
}
