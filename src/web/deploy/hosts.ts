import { releaseIdOf } from '../../deploy/host-facts.ts';
import { believedMs } from '../../model/belief.ts';
import type { Host } from '../../model/host.ts';
import type { Placement } from '../../model/placement.ts';
import type { LiveState } from '../../model/process.ts';
import type { Project } from '../../model/project.ts';
import type { Release } from '../../model/release.ts';
import * as hosts from '../../store/hosts.ts';
import { type LeftOut, leftOut } from '../../store/left-out.ts';
import * as placements from '../../store/placements.ts';
import * as running from '../../store/running.ts';
import { type PlacementState, placementStates } from '../../store/states.ts';
import type { Page } from '../page.ts';
import { seenWords } from '../seen-words.ts';

/** One host of the deploy page. `drift`: what runs is not what was put there last. */
export type HostRow = {
  host: Host;
  placement: Placement;
  state: LiveState;
  since: number | null;
  /** What the last look found amiss, in words; empty where nothing. */
  words: string;
  /** `words`: what its message means. */
  processes: (PlacementState['processes'][number] & { words: string })[];
  release: Release | null;
  folder: string | null;
  drift: string | null;
  /** Why processes here are out of traffic; null where none is. */
  traffic: LeftOut['mood'] | null;
};

/** The hosts of a project with what runs there, in the order in which they are deployed to. */
export async function hostRows(
  page: Pick<Page, 'db' | 'settings' | 't'>,
  project: Project,
): Promise<HostRow[]> {
  const placed = await placements.ofProject(page.db, project.id);
  const ids = placed.map((placement) => placement.hostId);
  const machines = new Map((await hosts.byIds(page.db, ids)).map((host) => [host.id, host]));
  const states = await placementStates(
    page.db,
    placed.map((placement) => placement.id),
    believedMs(page.settings.sweepSeconds),
  );
  const changes = await running.lastChanges(page.db, project.id, ids);
  const wanted = [...states.values()].map((state) => releaseIdOf(state.release));
  const expected = [...changes.values()].map((change) => change.releaseAfter);
  const known = await running.releasesByIds(
    page.db,
    [...wanted, ...expected].filter((id) => id !== null),
  );
  const outs = await leftOut(page.db, { projectId: project.id });
  return placed.flatMap((placement) => {
    const host = machines.get(placement.hostId);
    const state = states.get(placement.id);
    if (!host || !state) return [];
    const now = releaseIdOf(state.release);
    const last = changes.get(host.id)?.releaseAfter ?? null;
    const row: HostRow = {
      host,
      placement,
      state: state.state,
      since: state.since,
      words: seenWords(page.t, state.message),
      processes: state.processes.map((one) => ({ ...one, words: seenWords(page.t, one.message) })),
      release: known.get(now ?? '') ?? null,
      folder: state.release,
      drift: now !== null && last !== null && now !== last ? (known.get(last)?.name ?? last) : null,
      traffic: trafficOf(outs.filter((one) => one.hostId === host.id)),
    };
    return [row];
  });
}

/** The worst of a host's processes counts. */
function trafficOf(outs: LeftOut[]): LeftOut['mood'] | null {
  const moods = new Set(outs.map(({ mood }) => mood));
  return (['left', 'working', 'stopped'] as const).find((mood) => moods.has(mood)) ?? null;
}

/** The release that most of the hosts run; null where none is known. */
export function commonRelease(rows: HostRow[]): Release | null {
  const counted = new Map<string, number>();
  for (const { release } of rows) if (release) counted.set(release.id, (counted.get(release.id) ?? 0) + 1);
  const [most] = [...counted].sort(([, one], [, other]) => other - one);
  return rows.find((row) => row.release?.id === most?.[0])?.release ?? null;
}
