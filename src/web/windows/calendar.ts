import { hoursOn } from '../../model/openness.ts';
import type { Freeze } from '../../model/window.ts';
import { hoursText } from '../../model/window-text.ts';
import { dateAt, instantOf } from '../../model/zoned-time.ts';
import * as freezes from '../../store/freezes.ts';
import type { KeptWindow } from '../../store/windows.ts';
import type { Page } from '../page.ts';
import { type Named, named, type ScopeChoice } from './scopes.ts';

/** A day of the calendar: hours of each window that opens on it, and what is frozen. */
export type CalendarDay = {
  date: string;
  number: number;
  inMonth: boolean;
  today: boolean;
  open: { on: string; hours: string; zone: string | null }[];
  frozen: { on: string; reason: string; wholeDay: boolean; everything: boolean }[];
};

const DAY = 86_400_000;

/** The month that the address names, else the one at hand, week by week from Monday, in the installation's zone. */
export async function calendarOf(page: Page, sets: readonly Named<KeptWindow>[], choices: ScopeChoice[]) {
  const zone = page.settings.windowZone;
  const today = dateAt(Date.now(), zone);
  const month = /^20\d\d-(0[1-9]|1[0-2])$/.exec(page.query('month') ?? '')?.[0] ?? today.slice(0, 7);
  const chosen = sets.find(({ id }) => id === page.query('set')) ?? null;
  const dates = datesOf(month);
  const [from, to] = [instantOf(dates[0]!, 0, zone), instantOf(dates.at(-1)!, 1440, zone)];
  const frozen = named(page, await freezes.between(page.db, from, to), choices);
  const days = dates.map(
    (date): CalendarDay => ({
      ...{ date, number: Number(date.slice(8)), inMonth: date.startsWith(month), today: date === today },
      open: openOn(chosen ? [chosen] : sets, date, zone),
      frozen: frozenOn(frozen, date, zone),
    }),
  );
  const locale = page.language === 'en' ? 'en-GB' : page.language;
  const say = (date: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(Date.parse(`${date}T00:00:00Z`));
  return {
    zone,
    chosen: chosen?.id ?? '',
    title: say(`${month}-01`, { month: 'long', year: 'numeric' }),
    weekdays: dates.slice(0, 7).map((date) => say(date, { weekday: 'short' })),
    weeks: Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7)),
    month,
    before: beside(month, -1),
    after: beside(month, 1),
  };
}

function openOn(sets: readonly Named<KeptWindow>[], date: string, zone: string): CalendarDay['open'] {
  return sets.flatMap((set) => {
    const hours = hoursOn(set, date).map(hoursText).join(', ');
    return hours ? [{ on: set.on, hours, zone: set.zone === zone ? null : set.zone }] : [];
  });
}

function frozenOn(all: readonly Named<Freeze>[], date: string, zone: string): CalendarDay['frozen'] {
  const [from, to] = [instantOf(date, 0, zone), instantOf(date, 1440, zone)];
  const here = all.filter((freeze) => freeze.from < to && freeze.to > from);
  return here.map((freeze) => ({
    ...{ on: freeze.on, reason: freeze.reason, everything: freeze.scope.kind === 'everything' },
    wholeDay: freeze.from <= from && freeze.to >= to,
  }));
}

/** From the Monday of the month's first week to the Sunday of its last. */
function datesOf(month: string): string[] {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  const last = Date.parse(`${beside(month, 1)}-01T00:00:00Z`) - DAY;
  const start = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY;
  const end = last + ((7 - new Date(last).getUTCDay()) % 7) * DAY;
  const length = Math.round((end - start) / DAY) + 1;
  return Array.from({ length }, (_, day) => new Date(start + day * DAY).toISOString().slice(0, 10));
}

function beside(month: string, step: number): string {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, number! - 1 + step, 1)).toISOString().slice(0, 7);
}
