import type { Place, Subject } from './alarm.ts';
import { opennessAt } from './openness.ts';
import type { WindowSet } from './window.ts';

/** On what a mute is; `id`: an environment's name, an id of a group, project or host, empty for everything. */
export const muteScopes = ['everything', 'environment', 'group', 'project', 'host'] as const;
export type MuteScope = { kind: (typeof muteScopes)[number]; id: string };

/** A time in which nobody is told: a maintenance has an end; a mute may have hours instead, again and again. */
export type Mute = {
  id: string;
  scope: MuteScope;
  reason: string;
  from: number;
  /** null: until somebody ends it. */
  until: number | null;
  /** The only hours in which it holds; null: all day. */
  hours: Pick<WindowSet, 'zone' | 'weekly' | 'extra'> | null;
  byName: string;
  createdAt: number;
};

/** True where it holds at that moment. */
export function holds({ from, until, hours }: Mute, at: number): boolean {
  if (at < from || (until !== null && at >= until)) return false;
  if (hours === null) return true;
  const set: WindowSet = { id: '', scope: { kind: 'everything', id: '' }, ...hours };
  return opennessAt(set, [], at).open;
}

/** The mute that is on a subject now. One of a machine is on it where everything there is muted, or itself. */
export function muteOf(subject: Subject, mutes: readonly Mute[], at: number): Mute | null {
  const now = mutes.filter((mute) => holds(mute, at));
  const whole = now.find(
    ({ scope }) => scope.kind === 'everything' || (scope.kind === 'host' && scope.id === subject.hostId),
  );
  if (whole) return whole;
  const found = subject.places.map((place) => now.find(({ scope }) => covers(scope, place)));
  return found.length > 0 && found.every(Boolean) ? (found[0] ?? null) : null;
}

function covers({ kind, id }: MuteScope, place: Place): boolean {
  if (kind === 'environment') return id === place.environment;
  if (kind === 'group') return id === place.groupId;
  return kind === 'project' && id === place.projectId;
}
