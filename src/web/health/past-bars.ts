import type { Past } from '../../store/uptimes.ts';
import { type Bar, barOf } from './bar.ts';

export const DAY = 86_400_000;

/** Half an hour each, and a day each. */
export const bars = [
  { key: 'day', ms: DAY, parts: 48 },
  { key: 'month', ms: 30 * DAY, parts: 30 },
] as const;

/** Either bar of what `past` tells until `at`: of the whole placement or machine, or of one of its processes. */
export function pastBars(
  past: Past | null | undefined,
  at: number,
  process: string | null = null,
): NamedBar[] {
  const flips = past?.flips.filter(({ processName }) => processName === process) ?? [];
  return bars.map(({ key, ms, parts }) => {
    const time = { from: at - ms, to: at, parts, firstSeen: past?.seenSince ?? null };
    return { key, ...barOf(flips, past?.state ?? null, time) };
  });
}

export type NamedBar = Bar & { key: (typeof bars)[number]['key'] };

/** The bar of the last 24 hours alone. */
export function dayBar(past: Past | null | undefined, at: number): Bar {
  const time = { from: at - DAY, to: at, parts: bars[0].parts, firstSeen: past?.seenSince ?? null };
  return barOf(
    past?.flips.filter(({ processName }) => processName === null) ?? [],
    past?.state ?? null,
    time,
  );
}
