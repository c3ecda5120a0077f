import { hasText } from '../../i18n/index.ts';
import { believedMs } from '../../model/belief.ts';
import type { Host } from '../../model/host.ts';
import type { LiveState } from '../../model/process.ts';
import { hostsByTrouble } from '../../store/host-trouble.ts';
import * as hosts from '../../store/hosts.ts';
import { type Service, servicesOn } from '../../store/placed-states.ts';
import { type HostState, hostStates } from '../../store/states.ts';
import { leafOf } from '../leaf.ts';
import type { Page } from '../page.ts';
import { portRange } from './port-range.ts';

/** A machine as the pages show it: itself, what runs there, and how it was last seen. */
export type HostRow = { host: Host; seen: SeenHost; projects: PlacedProject[] };
/** `mood` is the live state whose looks it takes, `words` what its message means. */
export type SeenHost = HostState & { mood: LiveState; words: string };
export type PlacedProject = { id: string; key: string; ports: string; processes: number; state: LiveState };

const AT_ONCE = 50;

const neverSeen: HostState = {
  reachable: 'unknown',
  supervisor: 'unknown',
  message: null,
  checkedAt: null,
};

/** One leaf of the list of machines, those with trouble first, then by name; `q`: in name or address. */
export async function hostList(page: Page) {
  const text = (page.query('q') ?? '').trim().slice(0, 100).toLowerCase();
  const all = await hostsByTrouble(page.db, staleOf(page));
  const found = all.filter(({ name, address }) => `${name} ${address}`.toLowerCase().includes(text));
  const leaf = leafOf(page, found, AT_ONCE);
  const ids = leaf.rows.map(({ id }) => id);
  const known = new Map((await hosts.byIds(page.db, ids)).map((host) => [host.id, host]));
  const rows = await hostOverview(
    page,
    ids.flatMap((id) => known.get(id) ?? []),
  );
  return { ...leaf, rows, none: all.length === 0, many: all.length > AT_ONCE, text: page.query('q') ?? '' };
}

/** The hosts with all their projects, in this order. */
export async function hostOverview(page: Page, some: readonly Host[]): Promise<HostRow[]> {
  const ids = some.map(({ id }) => id);
  const services = await servicesOn(page.db, ids, staleOf(page));
  const seen = await hostStates(page.db, staleOf(page), ids);
  const here = new Map<string, PlacedProject[]>(ids.map((id) => [id, []]));
  for (const service of services) here.get(service.hostId)?.push(placedProject(service));
  return some.map((host) => ({
    ...{ host, seen: seenHost(page, seen.get(host.id) ?? neverSeen), projects: here.get(host.id) ?? [] },
  }));
}

const staleOf = (page: Page) => believedMs(page.settings.sweepSeconds);
const moods = { yes: 'reachable', no: 'unreachable', unknown: 'unknown' } as const;

function seenHost(page: Page, seen: HostState): SeenHost {
  const key = `seen.${seen.message}`;
  return { ...seen, mood: moods[seen.reachable], words: seen.message && hasText(key) ? page.t(key) : '' };
}

function placedProject({ projectId, projectKey, port, processes, state }: Service): PlacedProject {
  return { id: projectId, key: projectKey, ports: portRange(port, processes), processes, state };
}
