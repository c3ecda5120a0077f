import type { Alarm } from './alarm.ts';

/** What a channel was last told of an alarm. */
export type ToldOf = { state: 'open' | 'ended'; at: number };

export type TellingRules = {
  /** Between two messages of alarms to one channel: what comes in between waits and goes together. */
  gapMs: number;
  /**
   * As long as it goes on and nobody has acknowledged it, an alarm is told again so often; and what was told as new
   * is not told as new again before, however often it is over and comes back.
   */
  repeatMs: number;
};

export const tellingRules: TellingRules = { gapMs: 120_000, repeatMs: 1_200_000 };

/** That the same thing was told as new before, when, and how often it has come since. */
export type Before = { at: number; times: number };

/** An alarm as one channel knows it; `told` null: never told there; `before`: another one of the same thing was. */
export type Tellable = { alarm: Alarm; muted: boolean; told: ToldOf | null; before: Before | null };

/** One message. */
export type Telling = {
  fresh: Alarm[];
  still: Alarm[];
  ended: Alarm[];
  /** Fresh ones that were held back, or came more than once, by id. */
  again: Map<string, Before>;
  /** All whose end the channel then knows: several of the same thing are one in `ended`. */
  settled: Alarm[];
};

/**
 * What a channel is told now: everything that it does not know yet in one message, at most one in `gapMs`. An alarm
 * that was never told there and is over is not told; a muted one is told when the mute ends, if it still goes on.
 * Nothing is told to be over that is bad again.
 * @param lastAt when the channel was last told of any alarm; null: never. @param at now, by the same clock.
 */
export function telling(
  all: readonly Tellable[],
  lastAt: number | null,
  at: number,
  rules: TellingRules = tellingRules,
): Telling | null {
  if (lastAt !== null && isWithin(lastAt, at, rules.gapMs)) return null;
  const told: Telling = { fresh: [], still: [], ...endsIn(all), again: new Map() };
  for (const { alarm, muted, told: known, before } of all) {
    if (alarm.endedAt !== null || muted) continue;
    if (known?.state === 'open') {
      if (alarm.acknowledgedAt === null && !isWithin(known.at, at, rules.repeatMs)) told.still.push(alarm);
    } else if (before === null || !isWithin(before.at, at, rules.repeatMs)) {
      told.fresh.push(alarm);
      if (before && isRepeated(alarm, before, rules)) told.again.set(alarm.id, before);
    }
  }
  return told.fresh.length + told.still.length + told.ended.length > 0 ? told : null;
}

/** The ends to tell, the last one of each thing that is not bad again. */
function endsIn(all: readonly Tellable[]): Pick<Telling, 'ended' | 'settled'> {
  const bad = new Set(all.flatMap(({ alarm }) => (alarm.endedAt === null ? [alarm.key] : [])));
  const settled = all
    .filter(({ alarm, told }) => alarm.endedAt !== null && told?.state === 'open' && !bad.has(alarm.key))
    .map(({ alarm }) => alarm);
  const last = new Map(settled.map((alarm) => [alarm.key, alarm]));
  return { ended: [...last.values()], settled };
}

function isRepeated({ openedAt }: Alarm, { at, times }: Before, { repeatMs }: TellingRules): boolean {
  return at <= openedAt && (times > 1 || isWithin(at, openedAt, repeatMs));
}

/** A moment of the future was noted before the clock was set back: it holds up nothing. */
function isWithin(moment: number, at: number, ms: number): boolean {
  return moment <= at && at - moment < ms;
}
