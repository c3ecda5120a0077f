import type { Release } from '../model/release.ts';

/** Releases that never ran well are kept for a retry, so many of them; they push no good one out. */
const NOT_GOOD_KEPT = 2;

export type Retention = {
  /** Good releases to keep, at least 1. */
  keep: number;
  /** Releases that run on some host, or that a queued or running operation names. */
  protectedIds: ReadonlySet<string> | readonly string[];
};

/**
 * The releases of one project that may go, oldest first (R51). Never among them: protected and pinned ones,
 * the last good one, and what is pruned already.
 */
export function toPrune(releases: readonly Release[], { keep, protectedIds }: Retention): Release[] {
  const there = releases.filter((release) => release.state === 'kept');
  const good = there.filter((release) => release.goodAt !== null);
  const others = there.filter((release) => release.goodAt === null);
  const stays = new Set<string>(protectedIds);
  for (const release of newest(good, lastGood, Math.max(1, keep))) stays.add(release.id);
  for (const release of newest(others, built, NOT_GOOD_KEPT)) stays.add(release.id);
  const going = there.filter((release) => !stays.has(release.id) && !release.pinned);
  return going.sort((a, b) => a.builtAt - b.builtAt);
}

const lastGood = (release: Release): number => release.goodAt ?? 0;
const built = (release: Release): number => release.builtAt;

function newest(releases: Release[], by: (release: Release) => number, count: number): Release[] {
  return [...releases].sort((a, b) => by(b) - by(a)).slice(0, count);
}
