import type { Flip } from '../../model/flip.ts';
import { type Stretch, stretches, type Uptime, uptime } from '../../model/flip.ts';
import type { LiveState } from '../../model/process.ts';

/** How a part of the time went: the worst that was in it. `empty`: before anything was seen. */
export type Mood = 'up' | 'down' | 'off' | 'unknown' | 'empty';
/** Parts side by side that went alike, as one: in parts from the left. */
export type Piece = { x: number; width: number; mood: Mood };
/** `percent`: up of the time that it was known and meant to run, cut to two digits, never rounded up to 100; null: there was none. */
export type Bar = { pieces: Piece[]; parts: number; percent: string | null };

/**
 * A bar of the time between `from` and `to`.
 * @param flips of one subject, oldest first. @param now its state. @param firstSeen when it was seen first; null: never.
 */
export function barOf(
  flips: readonly Pick<Flip, 'at' | 'from' | 'to'>[],
  now: LiveState | null,
  { from, to, parts, firstSeen }: { from: number; to: number; parts: number; firstSeen: number | null },
): Bar {
  const begin = firstSeen === null ? to : Math.max(from, Math.min(firstSeen, to));
  const all = begin < to ? stretches(flips, now, begin, to) : [];
  const width = (to - from) / parts;
  const moods = Array.from({ length: parts }, (_, index) =>
    moodOf(all, from + index * width, from + (index + 1) * width),
  );
  return { pieces: joined(moods), parts, percent: percentOf(uptime(all, from, to)) };
}

function moodOf(all: readonly Stretch[], from: number, to: number): Mood {
  const { up, down, off, unknown } = uptime(all, from, to);
  if (down > 0) return 'down';
  if (unknown > 0) return 'unknown';
  if (off > 0) return 'off';
  return up > 0 ? 'up' : 'empty';
}

function joined(moods: readonly Mood[]): Piece[] {
  const pieces: Piece[] = [];
  for (const [x, mood] of moods.entries()) {
    const last = pieces.at(-1);
    if (last?.mood === mood) last.width += 1;
    else pieces.push({ x, width: 1, mood });
  }
  return pieces;
}

function percentOf({ up, down }: Uptime): string | null {
  if (up + down === 0) return null;
  return (Math.floor((up / (up + down)) * 10_000) / 100).toFixed(2);
}
