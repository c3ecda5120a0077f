import { liveStates } from '../../model/process.ts';
import { COUNTED_MS, fleetCounts, KEPT_MS } from '../../store/fleet-counts.ts';
import type { Page } from '../page.ts';
import { type Chart, DAYS, type Series, shortTime } from './chart.ts';
import { DAY } from './past-bars.ts';

/** How many services were in each state: the last 24 hours, and 30 days. */
export async function fleetCharts(page: Page): Promise<Chart[]> {
  const spans = [
    { id: 'fleet-day', from: Date.now() - DAY, everyMs: COUNTED_MS, title: 'health.chart.day', hours: true },
    {
      id: 'fleet-month',
      from: Date.now() - DAYS * DAY,
      everyMs: KEPT_MS,
      title: 'health.chart.month',
      hours: false,
    },
  ];
  return Promise.all(
    spans.map(async ({ id, title, hours, ...span }) => {
      const counts = await fleetCounts(page.db, { ...span, groupIds: page.groupIds });
      const states = liveStates.filter((state) => counts.some((one) => one.state === state));
      const times = [...new Set(counts.map(({ at }) => at))];
      const known = new Map(counts.map((one) => [`${one.at} ${one.state}`, one.services]));
      return {
        ...{
          id,
          title: page.t(title),
          about: page.t('health.chart.fleet'),
          empty: page.t('health.chart.none'),
        },
        series: states.map(
          (state): Series => ({
            ...{ name: page.t(`deploy.live.${state}`), colour: state, as: 'bar', axis: 0 },
          }),
        ),
        rows: times.map((at) => ({
          ...{ at, short: shortTime(page, at, hours) },
          cells: states.map((state) => known.get(`${at} ${state}`) ?? 0),
        })),
      };
    }),
  );
}
