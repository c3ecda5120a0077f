import type { LiveProcess } from './live-state.ts';
import type { LiveState } from './process.ts';

/** yes: ssh answered · no: it did not · unknown: nobody looked lately, or no host key is pinned. */
export type Reachable = 'yes' | 'no' | 'unknown';
/** rpc, ctl: it answers, and how it was asked · down · hung · none: not needed there or not installed · unknown. */
export const supervisorSeen = ['rpc', 'ctl', 'down', 'hung', 'none', 'unknown'] as const;
export type SupervisorSeen = (typeof supervisorSeen)[number];

/** A machine as a look found it. `message` is the code of an error, such as `ssh_host-key`. */
export type SeenHost = { reachable: Reachable; supervisor: SupervisorSeen; message: string | null };

/** What one look found out about one placement. A `since` of null: as before, or now where the state is new. */
export type SeenPlacement = {
  placementId: string;
  state: LiveState;
  since: number | null;
  /** Which release is live; left out: it was not read and is as before. */
  release?: string | null;
  /** The host's own words, or the code of an error (`ssh_…`, `supervisor_…`). */
  message: string | null;
  processes: LiveProcess[];
};

const blind: readonly LiveState[] = ['unreachable', 'no-supervisor', 'unknown'];

/** True where a look could not ask what runs there: that it names no process does not say that there is none. */
export function isBlind({
  state,
  message,
  processes,
}: Omit<SeenPlacement, 'placementId' | 'since'>): boolean {
  return processes.length === 0 && blind.includes(state) && message !== 'supervisor_absent';
}

/** What one look at a machine found out. */
export type Look = { hostId: string; host: SeenHost; placements: SeenPlacement[] };

/** When looks are recorded, by the database's clock, and how long one is believed. Milliseconds. */
export type Moment = { at: number; staleMs: number };

/** A machine's state in the words of placements, for its history. */
export function stateOfHost({ reachable, supervisor }: Omit<SeenHost, 'message'>): LiveState {
  if (reachable !== 'yes') return reachable === 'no' ? 'unreachable' : 'unknown';
  return supervisor === 'down' || supervisor === 'hung' ? 'no-supervisor' : 'reachable';
}

/** A start time is told to the second and by way of two clocks: it wavers by so much. */
const WAVER_MS = 3000;

/** True where two start times, of which one may come from the database, are the same one. */
export function isNear(known: number | null, found: number | null): boolean {
  if (known === null || found === null) return known === found;
  return Math.abs(Number(known) - found) <= WAVER_MS;
}

/** As much of a message as is kept. */
export function short(message: string | null): string | null {
  return message === null ? null : message.slice(0, 2000);
}
