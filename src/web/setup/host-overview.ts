import { hasText } from '../../i18n/index.ts';
import type { Host } from '../../model/host.ts';
import type { LiveState } from '../../model/process.ts';
import * as placements from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import { type HostState, hostStates, placementStates } from '../../store/states.ts';
import type { Page } from '../page.ts';
import { portRange } from './port-range.ts';

/** A machine as the pages show it: itself, what runs there, and how it was last seen. */
export type HostRow = { host: Host; seen: SeenHost; worst: number; projects: PlacedProject[] };
/** `mood` is the live state whose looks it takes, `words` what its message means. */
export type SeenHost = HostState & { mood: LiveState; words: string };
export type PlacedProject = { id: string; key: string; ports: string; processes: number; state: LiveState };

const neverSeen: HostState = {
  reachable: 'unknown',
  supervisor: 'unknown',
  message: null,
  checkedAt: null,
};

/** The hosts with all their projects; those with trouble first, then by name. */
export async function hostOverview(page: Page, hosts: Host[]): Promise<HostRow[]> {
  const staleMs = page.settings.sweepSeconds * 3000;
  const placed = await placements.all(page.db);
  const ids = placed.map((placement) => placement.id);
  const [known, seen, states] = [
    new Map((await projects.all(page.db)).map((project) => [project.id, project])),
    await hostStates(page.db, staleMs),
    await placementStates(page.db, ids, staleMs),
  ];
  const rows = hosts.map((host): HostRow => {
    const here = placed.flatMap((placement) => {
      const project = placement.hostId === host.id ? known.get(placement.projectId) : undefined;
      const state = states.get(placement.id)?.state ?? 'unknown';
      return project ? [placedProject(project, placement.processes, state)] : [];
    });
    const own = seen.get(host.id) ?? neverSeen;
    return { host, seen: seenHost(page, own), worst: worst(own, here), projects: here };
  });
  return rows.sort((a, b) => b.worst - a.worst || a.host.name.localeCompare(b.host.name));
}

const moods = { yes: 'reachable', no: 'unreachable', unknown: 'unknown' } as const;

function seenHost(page: Page, seen: HostState): SeenHost {
  const key = `seen.${seen.message}`;
  return { ...seen, mood: moods[seen.reachable], words: seen.message && hasText(key) ? page.t(key) : '' };
}

function placedProject(
  project: { id: string; key: string; port: number | null },
  processes: number,
  state: LiveState,
): PlacedProject {
  const ports = portRange(project.port, processes);
  return { id: project.id, key: project.key, ports, processes, state };
}

const trouble: ReadonlySet<LiveState> = new Set(['failed', 'unreachable', 'no-supervisor']);

/** 2: something fails · 1: something is not known · 0: all is well. */
function worst(seen: HostState, here: PlacedProject[]): number {
  if (seen.reachable === 'no' || here.some((placed) => trouble.has(placed.state))) return 2;
  return seen.reachable === 'unknown' || here.some((placed) => placed.state === 'unknown') ? 1 : 0;
}
