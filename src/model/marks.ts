import type { Place } from './alarm.ts';
import { alarmRules } from './alarm-decision.ts';
import { type Flip, isBad } from './flip.ts';
import { type Mute, muteOf } from './mute.ts';
import type { LiveState } from './process.ts';

/** What is to be said of a service beside its state. */
export type Marks = {
  /** It changes again and again. */
  flapping: boolean;
  /** It is bad, but not seen so often enough to count; null: it counts, or is well. */
  pending: { looks: number; of: number } | null;
  /** Nobody is told; `until` null: until somebody ends it. */
  muted: { until: number | null; reason: string } | null;
  /** An operation is changing it: it is judged afterwards. */
  busy: boolean;
};

/** A service as it was last recorded. Times are epoch ms. */
export type Marked = {
  placementId: string;
  hostId: string;
  hostName: string;
  place: Place;
  state: LiveState;
  badLooks: number;
  busy: boolean;
  flips: readonly Pick<Flip, 'at'>[];
};

/** @param retries further looks that must find a thing bad before it counts */
export function marksOf(one: Marked, mutes: readonly Mute[], at: number, retries: number): Marks {
  const { placementId, hostId, hostName, place, badLooks } = one;
  const key = `service:${placementId}`;
  const mute = muteOf({ key, kind: 'service', hostId, hostName, places: [place] }, mutes, at);
  return {
    flapping: isFlapping(one.flips, at),
    pending:
      isBad(one.state) && badLooks > 0 && badLooks <= retries ? { looks: badLooks, of: retries + 1 } : null,
    muted: mute && { until: mute.until, reason: mute.reason },
    busy: one.busy,
  };
}

/** Five changes within ten minutes. @param flips of one subject */
export function isFlapping(flips: readonly Pick<Flip, 'at'>[], at: number): boolean {
  const { flapFlips, flapMs } = alarmRules;
  return flips.filter((flip) => flip.at >= at - flapMs).length >= flapFlips;
}
