import { CedarError } from '../errors.ts';
import { liveProcesses, worstOf } from '../model/live-state.ts';
import type { Look as Seen, SeenPlacement } from '../model/look.ts';
import type { LiveState, ProcessInfo } from '../model/process.ts';
import { typeOf } from '../project-types/index.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import type { Look } from '../supervisor/look.ts';
import { processNames } from '../supervisor/render-for-host.ts';
import type { Live } from './current-releases.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import type { Visit } from './visits.ts';
import type { Watched } from './watch-list.ts';

/** What one look at a machine found out. */
export type Probe = Omit<Seen, 'hostId'>;

/** What is known of a machine whose host key nobody accepted yet. */
export const notPinned: Probe['host'] = {
  reachable: 'unknown',
  supervisor: 'unknown',
  message: 'host_not_pinned',
};

/** What is live, in the order of the visit's placements, or null if unread; and what supervisor does not run. */
export type Places = { links: Live[] | null; others: Map<string, SeenRuntime> };

const nothing: Live = { present: false, release: null };
const unread: Partial<Live> = {};

export function isSupervised({ project }: Watched): boolean {
  return typeOf(project.type).runtime === 'supervisor';
}

/**
 * A visit to a machine that answered.
 * @param look null where nothing there needs supervisor, or where asking it failed with `error`.
 */
export function seen(visit: Visit, places: Places, look: Look | null, error?: unknown): Probe {
  const trouble = error === undefined ? null : codeOf(error);
  return {
    host: { reachable: 'yes', supervisor: supervisorSeen(look, trouble), message: trouble },
    placements: visit.placements.map((watched, index) => {
      const live = places.links ? (places.links[index] ?? nothing) : unread;
      return isSupervised(watched)
        ? seenPlacement(watched, live, look?.processes ?? [], trouble)
        : seenOther(watched, live, places.others);
    }),
  };
}

/** A visit to a machine that did not answer, or that we could not even ask. */
export function unseen({ placements }: Visit, error: unknown): Probe {
  const message = codeOf(error);
  const away = error instanceof SshError && error.kind !== 'channels';
  const state: LiveState = away ? 'unreachable' : 'unknown';
  return {
    host: { reachable: away ? 'no' : 'unknown', supervisor: 'unknown', message },
    placements: placements.map(({ host }) => ({ ...nothingRead(host.placementId), state, message })),
  };
}

function supervisorSeen(look: Look | null, trouble: string | null): Probe['host']['supervisor'] {
  if (look) return look.via;
  if (trouble === null || trouble === 'supervisor_missing') return 'none';
  if (trouble === 'supervisor_down') return 'down';
  return trouble === 'supervisor_hung' ? 'hung' : 'unknown';
}

function seenPlacement(
  watched: Watched,
  { release }: Partial<Live>,
  all: ProcessInfo[],
  trouble: string | null,
): SeenPlacement {
  const found = { ...bare(watched.host.placementId), release };
  if (trouble !== null) return { ...found, state: stateWithout(trouble), message: trouble };
  const processes = liveProcesses(watched.project.key, namesOf(watched), all, Date.now());
  const worst = worstOf(processes);
  if (!worst) return { ...found, message: 'supervisor_absent' };
  return { ...found, state: worst.state, since: worst.since, message: worst.message, processes };
}

/** Not there at all, or as whoever runs it there shows it. */
function seenOther(
  { host }: Watched,
  { present, release }: Partial<Live>,
  others: Map<string, SeenRuntime>,
): SeenPlacement {
  const found = { ...bare(host.placementId), release };
  return present ? { ...found, ...others.get(host.placementId) } : { ...found, state: 'stopped' };
}

function stateWithout(trouble: string): LiveState {
  return trouble === 'supervisor_missing' || trouble === 'supervisor_down' ? 'no-supervisor' : 'unknown';
}

/** A template that no longer renders is a matter of its page; what runs is told all the same. */
function namesOf(watched: Watched): string[] {
  const found = names.get(watched) ?? rendered(watched);
  names.set(watched, found);
  return found;
}

const names = new WeakMap<Watched, string[]>();

function rendered({ project, host }: Watched): string[] {
  try {
    return processNames(project, host);
  } catch (error) {
    if (error instanceof CedarError) return [];
    throw error;
  }
}

function bare(placementId: string): SeenPlacement {
  return { placementId, state: 'unknown', since: null, release: null, message: null, processes: [] };
}

/** The release is as before. */
function nothingRead(placementId: string): SeenPlacement {
  return { ...bare(placementId), release: undefined };
}

function codeOf(error: unknown): string {
  if (error instanceof CedarError) return error.code;
  throw error;
}
