import type { Page } from '../page.ts';

/** How the statistics are written for somebody. */
export type Words = {
  /** A number with at most two places. */
  number(value: number): string;
  /** A share from 0 to 1; a dash for null. */
  share(value: number | null): string;
  /** A length of time in its largest unit; a dash for null. */
  span(milliseconds: number | null): string;
  /** The day of a moment, such as 23 Nov. */
  day(at: number): string;
};

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

export function wordsOf(page: Page): Words {
  const language = page.language === 'en' ? 'en-GB' : page.language;
  const short = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(language, {
    ...({ month: 'short', day: 'numeric' } as const),
    timeZone: page.who.timeZone ?? undefined,
  });
  const span = (milliseconds: number): string => {
    const [unit, length] = units.find(([, size]) => milliseconds >= size) ?? ['second', 1000];
    return new Intl.NumberFormat(language, {
      ...({ style: 'unit', unit, unitDisplay: 'short' } as const),
      maximumFractionDigits: unit === 'day' || unit === 'hour' ? 1 : 0,
    }).format(milliseconds / length);
  };
  return {
    number: (value) => short.format(value),
    share: (value) => (value === null ? '–' : percent.format(value)),
    span: (milliseconds) => (milliseconds === null ? '–' : span(milliseconds)),
    day: (at) => day.format(at),
  };
}
