import { worstFirst } from '../../model/live-state.ts';
import type { Marks } from '../../model/marks.ts';
import { isFlapping } from '../../model/marks.ts';
import type { Project } from '../../model/project.ts';
import * as alarms from '../../store/alarms.ts';
import { pastOf } from '../../store/uptimes.ts';
import { type HostRow, hostRows } from '../deploy/hosts.ts';
import type { Page } from '../page.ts';
import { DAY, type NamedBar, pastBars } from './past-bars.ts';
import { marksFor } from './seen-rows.ts';

/** So many hosts are shown at once. */
const AT_ONCE = 50;

/** A host of a project's health, and its processes, each with its bars. */
export type PlacedRow = Omit<HostRow, 'processes'> & {
  bars: NamedBar[];
  marks: Marks;
  processes: (HostRow['processes'][number] & { bars: NamedBar[]; flaps: number; flapping: boolean })[];
};

/** What moves on a project's health: its hosts, the failing first. */
export async function projectHealth(page: Page, project: Project) {
  const at = Date.now();
  const number = Number(/^[1-9]\d{0,3}$/.exec(page.query('page') ?? '')?.[0] ?? 1);
  const all = (await hostRows(page, project)).sort(worstFirst);
  const shown = all.slice((number - 1) * AT_ONCE, number * AT_ONCE);
  const path = `/projects/${project.key}/health`;
  return {
    project,
    hosts: await placedRows(page, project, shown, at),
    alarms: await alarms.some(page.db, { projectId: project.id, limit: 20 }),
    query: number > 1 ? `?page=${number}` : '',
    newer: number > 1 ? `${path}?page=${number - 1}` : null,
    older: all.length > number * AT_ONCE ? `${path}?page=${number + 1}` : null,
    dot: shown.some(({ state }) => state === 'failed') ? ('failed' as const) : null,
  };
}

async function placedRows(page: Page, project: Project, rows: HostRow[], at: number): Promise<PlacedRow[]> {
  const ids = rows.map(({ placement }) => placement.id);
  const past = await pastOf(page.db, ids, at - 30 * DAY);
  const seen = rows.map(({ placement, host, state }) => ({
    ...{ placementId: placement.id, hostId: host.id, hostName: host.name, state },
    ...{ projectId: project.id, projectKey: project.key },
    ...{ groupId: project.groupId, environment: project.environment },
  }));
  const marks = await marksFor(page, seen, past, at);
  return rows.flatMap((row) => {
    const of = past.get(row.placement.id);
    const mark = marks.get(row.placement.id);
    if (!mark) return [];
    const processes = row.processes.map((process) => {
      const flips = of?.flips.filter(({ processName }) => processName === process.name) ?? [];
      const its = of ? { ...of, state: process.state } : of;
      return {
        ...{ ...process, bars: pastBars(its, at, process.name), flapping: isFlapping(flips, at) },
        flaps: flips.filter((flip) => flip.at >= at - DAY).length,
      };
    });
    return [{ ...row, processes, marks: mark, bars: pastBars(of, at) }];
  });
}
