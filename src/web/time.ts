import type { Language } from '../i18n/language.ts';

export type Clock = {
  /** Date and time to the second; an empty text for null. */
  when: (at: number | null) => string;
  /** The instant in UTC, for `datetime` and titles. */
  whenExactly: (at: number | null) => string;
};

/** The zones that people may choose. */
export const timeZones: readonly string[] = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];

/** True for one of them. */
export function isTimeZone(name: string): boolean {
  return timeZones.includes(name);
}

const clocks = new Map<string, Clock>();

/** How times are written for somebody; without a zone of their own, in the server's. */
export function clockOf(language: Language, timeZone: string | null): Clock {
  const key = `${language} ${timeZone}`;
  const clock = clocks.get(key) ?? makeClock(language, timeZone);
  clocks.set(key, clock);
  return clock;
}

function makeClock(language: Language, timeZone: string | null): Clock {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: timeZone ?? undefined,
  });
  return {
    when: (at) => (at === null ? '' : format.format(at)),
    whenExactly: (at) => (at === null ? '' : new Date(at).toISOString()),
  };
}
