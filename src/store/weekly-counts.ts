import { nearestMonday, type WeeklyRow, weeklyKinds } from '../model/weekly.ts';
import { type Db, isMysql } from './database.ts';
import type { Scope } from './statistics.ts';

const kinds = Object.values(weeklyKinds).flat();

/**
 * How often each project was asked for each kind, by weeks: the kept counts of the weeks in UTC, and what lies between
 * the begin of such a week and the wished one counted row by row.
 * @param starts the begin of each week and the last's end: about a week apart, each within days of a Monday in UTC
 */
export async function weekly(db: Db, scope: Scope, starts: number[]): Promise<WeeklyRow[]> {
  const sums = new Sums(starts.length - 1);
  // In this order: what comes in between is in no week too few.
  await addBetween(db, scope, starts, sums);
  await addKept(db, scope, starts.map(nearestMonday), sums);
  return sums.rows();
}

/** A week is one text: a row for each number of it would be handed over one by one. */
async function addKept(db: Db, scope: Scope, mondays: number[], sums: Sums): Promise<void> {
  const known = new Map((await numbered(db, scope)).map((one) => [String(one.number), one]));
  const each = isMysql(db)
    ? "concat(number, ' ', kind, ' ', asked)"
    : "number || ' ' || kind || ' ' || asked";
  const rows: { week_at: number; counts: string }[] = await db('asked_weeks')
    .where('week_at', '>=', mondays[0]!)
    .where('week_at', '<', mondays.at(-1)!)
    .modify((query) => {
      if (scope.groupIds || scope.projectId) query.whereIn('number', [...known.keys()].map(Number));
    })
    .groupBy('week_at')
    .select('week_at', db.raw(`group_concat(${each}) as counts`));
  for (const row of rows) {
    const week = mondays.indexOf(Number(row.week_at));
    for (const count of row.counts.split(',')) {
      const [number = '', kind = '', asked] = count.split(' ');
      const owner = known.get(number);
      if (owner) sums.add(owner.project_id, owner.project_key, kind, week, Number(asked));
    }
  }
}

/** What was asked for between the begin of a wished week and the Monday in UTC goes from one week to the other. */
async function addBetween(db: Db, scope: Scope, starts: number[], sums: Sums): Promise<void> {
  const gaps = starts.flatMap((start, place) => {
    const monday = nearestMonday(start);
    if (start === monday) return [];
    return during(db, scope, Math.min(start, monday), Math.max(start, monday))
      .select(db.raw('? as place', [place]), 'project_id', 'kind')
      .max({ project_key: 'project_key' })
      .count({ n: '*' })
      .groupBy('project_id', 'kind');
  });
  const rows: Record<string, unknown>[] = gaps.length === 0 ? [] : await db.unionAll(gaps);
  for (const row of rows) {
    const [place, kind] = [Number(row.place), row.kind as string];
    const later = starts[place]! < nearestMonday(starts[place]!) ? Number(row.n) : -Number(row.n);
    for (const [week, count] of [
      [place, later],
      [place - 1, -later],
    ] as const)
      sums.add(row.project_id as string, row.project_key as string, kind, week, count);
  }
}

/** By the index of kinds and times alone: what a project or a group did in three years is no way to a few hours. */
function during(db: Db, { groupIds, projectId }: Scope, from: number, until: number) {
  return db('operations')
    .whereIn('kind', kinds)
    .where('created_at', '>=', from)
    .where('created_at', '<', until)
    .modify((query) => {
      if (groupIds) query.whereIn(db.raw("coalesce(group_id, '')") as never, groupIds);
      if (projectId) query.whereRaw("coalesce(project_id, '') = ?", projectId);
    });
}

type Numbered = { number: number; project_id: string; project_key: string };

function numbered(db: Db, { groupIds, projectId }: Scope): Promise<Numbered[]> {
  return db('judged_projects')
    .modify((query) => {
      if (groupIds) query.whereIn('group_id', groupIds);
      if (projectId) query.where({ project_id: projectId });
    })
    .select('number', 'project_id', 'project_key');
}

class Sums {
  readonly #weeks: number;
  readonly #projects = new Map<string, { key: string; kinds: Map<string, number[]> }>();

  constructor(weeks: number) {
    this.#weeks = weeks;
  }

  /** What belongs to a week before the first or after the last is none of them. */
  add(projectId: string, key: string, kind: string, week: number, count: number): void {
    if (week < 0 || week >= this.#weeks) return;
    const project = this.#projects.get(projectId) ?? { key, kinds: new Map<string, number[]>() };
    this.#projects.set(projectId, project);
    if (key > project.key) project.key = key;
    const counts = project.kinds.get(kind) ?? Array.from({ length: this.#weeks }, () => 0);
    project.kinds.set(kind, counts);
    counts[week] = (counts[week] ?? 0) + count;
  }

  rows(): WeeklyRow[] {
    return [...this.#projects].flatMap(([projectId, { key: projectKey, kinds }]) =>
      [...kinds].flatMap(([kind, counts]) =>
        counts.flatMap((count, week) => (count === 0 ? [] : [{ projectId, projectKey, kind, week, count }])),
      ),
    );
  }
}
