import { alarmKinds } from '../../model/alarm.ts';
import { openedSince } from '../../store/recent-alarms.ts';
import type { Page } from '../page.ts';
import { type Chart, monthOf, type Series, shortTime } from './chart.ts';

/** How many alarms opened each day, by what they are about. */
export async function alarmChart(page: Page): Promise<Chart> {
  const { from, days } = monthOf(page);
  const { groupIds } = page;
  const opened = (await openedSince(page.db, from)).filter(
    ({ kind, places }) =>
      groupIds === undefined || kind === 'sweep' || places.some(({ groupId }) => groupIds.includes(groupId)),
  );
  const kinds = alarmKinds.filter((kind) => opened.some((one) => one.kind === kind));
  const colours = {
    ...{ service: 'failed', host: 'unreachable', supervisor: 'no-supervisor', sweep: 'unknown' },
    ...{ disk: 'starting', 'disk-full': 'stopped' },
  };
  return {
    ...{ id: 'alarms-month', title: page.t('alarms.chart.title'), about: page.t('alarms.chart.about') },
    empty: page.t('alarms.chart.none'),
    series: kinds.map(
      (kind): Series => ({
        ...{ name: page.t(`alarms.chart.${kind}`), colour: colours[kind], as: 'bar', axis: 0 },
      }),
    ),
    rows:
      opened.length === 0
        ? []
        : days.map(({ at, to }) => ({
            ...{ at, short: shortTime(page, at, false) },
            cells: kinds.map(
              (kind) => opened.filter((one) => one.kind === kind && one.at >= at && one.at < to).length,
            ),
          })),
  };
}
