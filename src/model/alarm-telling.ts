import type { Alarm } from './alarm.ts';

/** What a channel was last told of an alarm. */
export type ToldOf = { state: 'open' | 'ended'; at: number };

export type TellingRules = {
  /** Between two messages of alarms to one channel: what comes in between waits and goes together. */
  gapMs: number;
  /** As long as it goes on and nobody has acknowledged it, an alarm is told again so often. */
  repeatMs: number;
};

export const tellingRules: TellingRules = { gapMs: 120_000, repeatMs: 1_200_000 };

/** An alarm as one channel knows it; `told` null: never told there. */
export type Tellable = { alarm: Alarm; muted: boolean; told: ToldOf | null };

/** One message. */
export type Telling = { fresh: Alarm[]; still: Alarm[]; ended: Alarm[] };

/**
 * What a channel is told now: everything that it does not know yet in one message, at most one in `gapMs`. An alarm
 * that was never told there and is over is not told; a muted one is told when the mute ends, if it still goes on.
 * @param lastAt when the channel was last told of any alarm; null: never. @param at now, by the same clock.
 */
export function telling(
  all: readonly Tellable[],
  lastAt: number | null,
  at: number,
  rules: TellingRules = tellingRules,
): Telling | null {
  if (lastAt !== null && isWithin(lastAt, at, rules.gapMs)) return null;
  const told: Telling = { fresh: [], still: [], ended: [] };
  for (const { alarm, muted, told: known } of all) {
    if (alarm.endedAt !== null) {
      if (known?.state === 'open') told.ended.push(alarm);
    } else if (muted) continue;
    else if (known?.state !== 'open') told.fresh.push(alarm);
    else if (alarm.acknowledgedAt === null && !isWithin(known.at, at, rules.repeatMs)) told.still.push(alarm);
  }
  return told.fresh.length + told.still.length + told.ended.length > 0 ? told : null;
}

/** A moment of the future was noted before the clock was set back: it holds up nothing. */
function isWithin(moment: number, at: number, ms: number): boolean {
  return moment <= at && at - moment < ms;
}
