import { believedMs } from '../../model/belief.ts';
import { type LiveState, liveStates } from '../../model/process.ts';
import * as alarms from '../../store/alarms.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { overview, stateCounts } from '../../store/health-overview.ts';
import * as workers from '../../store/workers.ts';
import { maySee } from '../alarms/view.ts';
import type { Page } from '../page.ts';
import { serviceRows } from './seen-rows.ts';

const AT_ONCE = 100;

/** What the list of services is asked for, as its address says it; `page` counts from 1. */
export type HealthFilter = { q: string; group: string; environment: string; state: string; page: number };

export function filterOf(page: Page): HealthFilter {
  const text = (name: string) => (page.query(name) ?? '').slice(0, 100);
  const number = Number(/^[1-9]\d{0,4}$/.exec(page.query('page') ?? '')?.[0] ?? 1);
  const state = liveStates.find((one) => one === page.query('state')) ?? '';
  return { q: text('q'), group: text('group'), environment: text('environment'), state, page: number };
}

/** What moves on the list. */
export async function healthNow(page: Page) {
  const { db, groupIds } = page;
  const staleMs = believedMs(page.settings.sweepSeconds);
  const filter = filterOf(page);
  const found = await overview(db, staleMs, {
    ...{ groupIds, groupId: filter.group, search: filter.q, environment: filter.environment },
    ...{ state: (filter.state || null) as LiveState | null, limit: AT_ONCE + 1 },
    offset: (filter.page - 1) * AT_ONCE,
  });
  const counts = await stateCounts(db, staleMs, groupIds);
  const open = (await alarms.open(db)).filter((alarm) => maySee(page, alarm));
  return {
    alarms: open.length,
    looked: await workers.alive(db, 'health', 60_000),
    counts: liveStates.flatMap((state) => {
      const number = counts.get(state);
      return number ? [{ state, number, href: address({ ...filter, state, page: 1 }) }] : [];
    }),
    rows: await serviceRows(page, found.slice(0, AT_ONCE)),
    newer: filter.page > 1 ? address({ ...filter, page: filter.page - 1 }) : null,
    older: found.length > AT_ONCE ? address({ ...filter, page: filter.page + 1 }) : null,
    dot: open.length > 0 ? ('failed' as const) : null,
  };
}

/** The filters, as they are set and what they offer: only what the person may see. */
export async function filters(page: Page) {
  const filter = filterOf(page);
  return {
    filter,
    query: queryOf(filter),
    choices: {
      groups: (await groups.all(page.db, page.groupIds)).map(({ id, name }) => ({ id, name })),
      environments: (await environments.all(page.db)).map(({ name }) => name),
      states: liveStates,
    },
  };
}

function queryOf({ page, ...texts }: HealthFilter): string {
  const query = new URLSearchParams(Object.entries(texts).filter(([, value]) => value !== ''));
  if (page > 1) query.set('page', String(page));
  return query.toString();
}

function address(filter: HealthFilter): string {
  const query = queryOf(filter);
  return query ? `/health?${query}` : '/health';
}
