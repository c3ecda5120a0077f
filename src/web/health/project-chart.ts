import { stretches, uptime } from '../../model/flip.ts';
import type { Project } from '../../model/project.ts';
import * as placements from '../../store/placements.ts';
import { operationsSince } from '../../store/recent-operations.ts';
import { type Past, pastOf } from '../../store/uptimes.ts';
import type { Page } from '../page.ts';
import { type Chart, monthOf, type Series, shortTime } from './chart.ts';

/** A project's operations and its time up, day by day. */
export async function projectChart(page: Page, project: Project): Promise<Chart> {
  const { from, days } = monthOf(page);
  const done = await operationsSince(page.db, project.id, from);
  const ids = (await placements.ofProject(page.db, project.id)).map(({ id }) => id);
  const past = [...(await pastOf(page.db, ids, from, { processes: false })).values()];
  const column = (key: string, colour: string): Series => ({
    ...{ name: page.t(`health.chart.${key}`), colour, as: 'bar', axis: 0 },
  });
  return {
    ...{
      id: 'project-month',
      title: page.t('health.chart.project'),
      about: page.t('health.chart.project_about'),
    },
    empty: page.t('health.chart.none_project'),
    series: [
      column('succeeded', 'running'),
      column('failed', 'failed'),
      { name: page.t('health.chart.uptime'), colour: 'starting', as: 'line', axis: 1 },
    ],
    rows:
      done.length === 0 && past.length === 0
        ? []
        : days.map(({ at, to }) => {
            const own = done.filter((one) => one.at >= at && one.at < to);
            const good = own.filter(({ state }) => state === 'succeeded').length;
            const bad = own.filter(({ state }) => state === 'failed' || state === 'needs-attention').length;
            return { at, short: shortTime(page, at, false), cells: [good, bad, percentUp(past, at, to)] };
          }),
  };
}

/** Cut to two digits and never rounded up; null: nothing is known of that day. */
function percentUp(past: readonly Past[], from: number, to: number): number | null {
  const sum = { up: 0, down: 0 };
  const end = Math.min(to, Date.now());
  for (const { flips, state, seenSince } of past) {
    const begin = Math.max(from, seenSince ?? end);
    if (begin >= end) continue;
    const later = flips.find(({ at }) => at >= end);
    const { up, down } = uptime(stretches(flips, later?.from ?? state, begin, end), begin, end);
    sum.up += up;
    sum.down += down;
  }
  return sum.up + sum.down === 0 ? null : Math.floor((sum.up / (sum.up + sum.down)) * 10_000) / 100;
}
