import type { Language } from '../i18n/language.ts';

export type Clock = {
  /** Date and time to the second; an empty text for null. */
  when: (at: number | null) => string;
  /** The instant in UTC, for `datetime` and titles. */
  whenExactly: (at: number | null) => string;
};

/** How times are written for somebody; without a zone of their own, in the server's. */
export function clockOf(language: Language, timeZone: string | null): Clock {
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

/** True where the runtime knows the zone. */
export function isTimeZone(name: string): boolean {
  return Intl.supportedValuesOf('timeZone').includes(name) || name === 'UTC';
}
