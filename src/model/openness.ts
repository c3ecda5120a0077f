import type { Freeze, Hours, WindowSet } from './window.ts';
import { dateAt, instantOf } from './zoned-time.ts';

/**
 * Whether operations may begin. `until`: the moment at which that changes; null: not in sight. `freeze`: the one
 * that forbids it now.
 */
export type Openness = { open: boolean; until: number | null; freeze: Freeze | null };

/** A time in which a window is open: from `from` (epoch ms) up to and without `to`. */
export type Span = { from: number; to: number };

const DAY = 86_400_000;
/** Longer than any pause between two open days of a week. */
const DAYS_AHEAD = 9;

/** @param set null: always open but for freezes · @param freezes those that are about the project alone */
export function opennessAt(set: WindowSet | null, freezes: readonly Freeze[], at: number): Openness {
  const freeze = lastOf(frozenBy(freezes, at));
  if (freeze || (set && !isIn(set, at))) return { open: false, until: nextOpen(set, freezes, at), freeze };
  const starts = freezes.map(({ from }) => from).filter((from) => from > at);
  const ends = [...starts, set ? endOf(set, at) : null].filter((end) => end !== null);
  return { open: true, until: ends.length > 0 ? Math.min(...ends) : null, freeze: null };
}

/** When a window is open on days from `first` to `last` (as `2026-12-31`) of its zone; hours that touch are one. */
export function spansOf(set: WindowSet, first: string, last: string): Span[] {
  const spans = datesBetween(first, last).flatMap((date) => spansOn(set, date));
  return merged(spans);
}

/** The hours of one day of the window's zone; an extra day has its own on top of its weekday's. */
export function hoursOn(set: WindowSet, date: string): Hours[] {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
  const weekly = set.weekly.filter(({ days }) => days.includes(weekday)).flatMap(({ hours }) => hours);
  const extra = set.extra.filter((day) => day.date === date).flatMap(({ hours }) => hours);
  return [...weekly, ...extra].sort((a, b) => a.from - b.from);
}

function spansOn(set: WindowSet, date: string): Span[] {
  const spans = hoursOn(set, date).map(({ from, to }) => ({
    from: instantOf(date, from, set.zone),
    to: instantOf(date, to > from ? to : to + 1440, set.zone),
  }));
  return spans.filter(({ from, to }) => from < to);
}

function isIn(set: WindowSet, at: number): boolean {
  return around(set, at, 1).some(({ from, to }) => from <= at && at < to);
}

/** When the window that is open closes; null where it stays open for longer than a week. */
function endOf(set: WindowSet, at: number): number | null {
  const end = around(set, at, DAYS_AHEAD).find(({ from, to }) => from <= at && at < to)?.to ?? null;
  return end !== null && end - at < 8 * DAY ? end : null;
}

/** The first moment after `at` at which the window is open and nothing is frozen; null where none is in sight. */
function nextOpen(set: WindowSet | null, freezes: readonly Freeze[], at: number): number | null {
  let moment = at;
  for (;;) {
    const freeze = lastOf(frozenBy(freezes, moment));
    if (freeze) moment = freeze.to;
    else if (set === null || isIn(set, moment)) return moment;
    else {
      const start = nextStart(set, moment);
      if (start === null) return null;
      moment = start;
    }
  }
}

function nextStart(set: WindowSet, at: number): number | null {
  const today = dateAt(at, set.zone);
  const extra = set.extra.filter(({ date }) => date >= today).flatMap(({ date }) => spansOn(set, date));
  const starts = [...around(set, at, DAYS_AHEAD), ...extra]
    .map(({ from }) => from)
    .filter((from) => from > at);
  return starts.length > 0 ? Math.min(...starts) : null;
}

/** From the day before, for hours over midnight, to some days after. */
function around(set: WindowSet, at: number, days: number): Span[] {
  return spansOf(set, dateAt(at - 2 * DAY, set.zone), dateAt(at + days * DAY, set.zone));
}

function frozenBy(freezes: readonly Freeze[], at: number): Freeze[] {
  return freezes.filter(({ from, to }) => from <= at && at < to);
}

function lastOf(freezes: Freeze[]): Freeze | null {
  return freezes.sort((a, b) => b.to - a.to)[0] ?? null;
}

function datesBetween(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= Date.parse(`${last}T00:00:00Z`); at += DAY)
    dates.push(new Date(at).toISOString().slice(0, 10));
  return dates;
}

function merged(spans: Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else all.push({ ...span });
  }
  return all;
}
