import type { ExtraDay, Hours, Weekly } from './window.ts';

/** What is wrong with typed hours: a code of `field.<code>`, and the line, counted from 1. */
export type HoursProblem = { code: string; line: number };

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MOST_LINES = 200;

/** The window of the original: working days in three parts. */
export const originalHours = 'mon-fri 10:00-11:30, 14:00-17:30, 19:00-20:00';

/** Reads lines such as `mon-fri 10:00-11:30, 14:00-17:30` or `sat 22:00-02:00`; `daily` is every day. */
export function readWeekly(text: string): Weekly[] | HoursProblem {
  return readLines(text, (days, hours) => {
    const known = days === 'daily' ? [1, 2, 3, 4, 5, 6, 7] : daysOf(days);
    return known === null ? 'window_days' : { days: known, hours };
  });
}

/** Reads lines such as `2026-10-10 09:00-18:00`. */
export function readExtra(text: string): ExtraDay[] | HoursProblem {
  const seen = new Set<string>();
  return readLines(text, (date, hours) => {
    if (!isDate(date)) return 'window_date';
    if (seen.has(date)) return 'window_date_twice';
    seen.add(date);
    return { date, hours };
  });
}

/** Hours of a day as people read them: `10:00–11:30`. */
export function hoursText({ from, to }: Hours): string {
  return `${clock(from)}\u2013${clock(to)}`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function readLines<T>(text: string, read: (first: string, hours: Hours[]) => T | string): T[] | HoursProblem {
  const found: T[] = [];
  for (const [index, typed] of text.toLowerCase().split('\n').entries()) {
    if (typed.trim() === '') continue;
    const line = index + 1;
    const [, first, rest] = /^\s*(\S+)\s+(\S.*)$/.exec(typed) ?? [];
    const hours = rest === undefined ? null : hoursOf(rest);
    if (first === undefined || hours === null) return { code: 'window_hours', line };
    const one = read(first, hours);
    if (typeof one === 'string') return { code: one, line };
    if (found.push(one) > MOST_LINES) return { code: 'window_many', line };
  }
  return found;
}

/** `mon-fri`, `mon,wed`, `sat-mon`; null where a day is unknown. */
function daysOf(text: string): number[] | null {
  const days = text.split(',').map((part) => {
    const ends = part.split('-').map((name) => DAYS.indexOf(name) + 1);
    const [first, last = first] = ends;
    if (ends.length > 2 || ends.includes(0) || !first || !last) return null;
    const length = ((last - first + 7) % 7) + 1;
    return Array.from({ length }, (_, index) => ((first - 1 + index) % 7) + 1);
  });
  return days.includes(null) ? null : [...new Set(days.flatMap((some) => some ?? []))].sort();
}

function hoursOf(text: string): Hours[] | null {
  const all = text.split(',').map((part) => {
    const match = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24:00))$/.exec(part.trim());
    if (!match) return null;
    const [from, to] = [minuteOf(match[1], match[2]), match[5] ? 1440 : minuteOf(match[3], match[4])];
    return from === to ? null : { from, to: to === 0 ? 1440 : to };
  });
  return all.includes(null) ? null : all.filter((hours) => hours !== null);
}

function minuteOf(hour: string | undefined, minute: string | undefined): number {
  return Number(hour) * 60 + Number(minute);
}

function isDate(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(at) && new Date(at).toISOString().slice(0, 10) === text;
}
