import type { LiveState } from './process.ts';

/** A change of what was seen: of a machine, of a placement on it, or of one of its processes. */
export type Flip = {
  id: string;
  at: number;
  hostId: string;
  /** null: of the machine itself. */
  placementId: string | null;
  /** null: of the placement as a whole. */
  processName: string | null;
  from: LiveState;
  to: LiveState;
  /** The host's own words, or an error's code. */
  message: string | null;
  /** The operation that was at work on the project there then. */
  operationId: string | null;
};

/** How long something was in each mood within a time. Milliseconds; `off`: somebody had stopped it. */
export type Uptime = { up: number; down: number; off: number; unknown: number };

const moods: Record<LiveState, keyof Uptime> = {
  running: 'up',
  reachable: 'up',
  starting: 'up',
  stopped: 'off',
  failed: 'down',
  unreachable: 'down',
  'no-supervisor': 'down',
  unknown: 'unknown',
};

/** States that somebody should hear of. A stop is somebody's wish: it is no failure. */
const bad: readonly LiveState[] = ['failed', 'unreachable', 'no-supervisor'];

export function isBad(state: LiveState): boolean {
  return bad.includes(state);
}

/** A stretch of time in one state; `to` is exclusive. */
export type Stretch = { from: number; to: number; state: LiveState };

/**
 * The stretches between `from` and `to`, oldest first and without holes.
 * @param flips of one subject, oldest first; ones before `from` are allowed. @param now its state at `to`; null: unseen.
 */
export function stretches(
  flips: readonly Pick<Flip, 'at' | 'from' | 'to'>[],
  now: LiveState | null,
  from: number,
  to: number,
): Stretch[] {
  const inside = flips.filter(({ at }) => at > from && at < to);
  const before = flips.filter(({ at }) => at <= from).at(-1);
  const found: Stretch[] = [];
  let state = before?.to ?? inside[0]?.from ?? now ?? 'unknown';
  let begin = from;
  for (const flip of inside) {
    found.push({ from: begin, to: flip.at, state });
    begin = flip.at;
    state = flip.to;
  }
  return [...found, { from: begin, to, state }];
}

/** The sum of some stretches, as far as they lie between `from` and `to`. */
export function uptime(parts: readonly Stretch[], from: number, to: number): Uptime {
  const sum: Uptime = { up: 0, down: 0, off: 0, unknown: 0 };
  for (const part of parts) {
    const ms = Math.min(part.to, to) - Math.max(part.from, from);
    if (ms > 0) sum[moods[part.state]] += ms;
  }
  return sum;
}
