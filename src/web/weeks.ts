import { momentOf, zoneName } from './zoned-time.ts';

const DAY = 86_400_000;

/**
 * The first moments (epoch ms) of the last `count` weeks on the clocks of a zone, oldest first, the one at hand last,
 * and of the next. Weeks begin on Monday.
 * @param zone an IANA name, or null for this machine's
 */
export function weekStarts(now: number, count: number, zone: string | null): number[] {
  const today = dayOf(now, zone);
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY;
  return Array.from({ length: count + 1 }, (_, index) =>
    beginOf(monday + (index + 1 - count) * 7 * DAY, zone),
  );
}

/** The first moment of the first of the last `days` days, today among them. */
export function daysBack(now: number, days: number, zone: string | null): number {
  return beginOf(dayOf(now, zone) - (days - 1) * DAY, zone);
}

/** The day that the clocks of a zone show, as its midnight in UTC. */
function dayOf(at: number, zone: string | null): number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    timeZone: zoneName(zone),
  } as Intl.DateTimeFormatOptions);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year!, parts.month! - 1, parts.day!);
}

/** Midnight there; where the clocks skip it, the first full hour that they show. */
function beginOf(day: number, zone: string | null): number {
  const date = new Date(day).toISOString().slice(0, 10);
  for (let hour = 0; hour < 24; hour++) {
    const moment = momentOf(`${date}T${String(hour).padStart(2, '0')}:00`, zone);
    if ('at' in moment) return moment.at;
  }
  return beginOf(day + DAY, zone);
}
