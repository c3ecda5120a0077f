import { isBad } from './flip.ts';
import type { LiveState } from './process.ts';

/** What was last recorded of a machine, a placement or a process. Times are epoch ms by the database's clock. */
export type Before = {
  state: LiveState;
  since: number | null;
  checkedAt: number;
  badSince: number | null;
  badLooks: number;
};

/** What a look found. A `since` of null: as before, or now where the state is new. */
export type Found = { state: LiveState; since: number | null };

/** A change of state, dated. */
export type Turn = { at: number; from: LiveState; to: LiveState };

/** What is to be recorded: the standing now, and every change that led there. */
export type Change = {
  since: number;
  badSince: number | null;
  badLooks: number;
  turns: Turn[];
};

/**
 * Judges a look against what was recorded before. A time in which nobody looked for longer than `staleMs` becomes a
 * stretch of `unknown` of its own: it is never counted as what was seen before it. The first look ever is no change.
 */
export function changeOf(before: Before | null, found: Found, at: number, staleMs: number): Change {
  const bad = isBad(found.state);
  const turns = before ? turnsOf(before, found.state, at, staleMs) : [];
  const unseen = turns.length === 2;
  const same = before !== null && before.state === found.state && !unseen;
  // never in the future: what was dated so was written before the clock was set back
  const since = Math.min(found.since ?? (same ? before.since : at) ?? at, at);
  if (!bad) return { since, badSince: null, badLooks: 0, turns };
  return {
    since,
    badSince: Math.min(before?.badSince ?? since, at),
    badLooks: (before?.badLooks ?? 0) + 1,
    turns,
  };
}

function turnsOf(before: Before, state: LiveState, at: number, staleMs: number): Turn[] {
  const stale = before.checkedAt + staleMs;
  if (at > stale && before.state !== 'unknown')
    return [
      { at: stale, from: before.state, to: 'unknown' },
      ...(state === 'unknown' ? [] : [{ at, from: 'unknown' as const, to: state }]),
    ];
  return before.state === state ? [] : [{ at, from: before.state, to: state }];
}
