/** What a date and time on somebody's clock means: the moment (epoch ms), or why there is none. */
export type Moment = { at: number } | { wrong: 'at' | 'at_gap' };

/**
 * Reads `2026-12-31T23:30`, as browsers send a date and time, on the clocks of a zone. Where the clocks are put back
 * and show a time twice, its first moment is meant; a time that they skip is none.
 * @param zone an IANA name, or null for this machine's
 */
export function momentOf(text: string, zone: string | null): Moment {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?$/.exec(text.trim());
  if (!match) return { wrong: 'at' };
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const asUtc = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  const shown = new Date(asUtc).toISOString().slice(0, 16);
  if (shown !== text.trim().replace(' ', 'T').slice(0, 16)) return { wrong: 'at' };
  const candidates = [asUtc - 86_400_000, asUtc + 86_400_000]
    .map((near) => asUtc - offsetAt(near, zone))
    .filter((at) => at + offsetAt(at, zone) === asUtc);
  return candidates.length > 0 ? { at: Math.min(...candidates) } : { wrong: 'at_gap' };
}

/** The name of the zone that counts for somebody. */
export function zoneName(zone: string | null): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * The first moment (epoch ms) at which a zone's clocks show this time, or, where they skip it, the moment at which
 * they are put forward past it.
 * @param date a day as `2026-12-31`; `minute` of that day from 0; 1440 and more are of the days after it
 */
export function instantOf(date: string, minute: number, zone: string): number {
  const wall = Date.parse(`${date}T00:00:00Z`) + minute * 60_000;
  const offsets = [wall - 86_400_000, wall + 86_400_000].map((near) => offsetAt(near, zone));
  const exact = offsets.map((offset) => wall - offset).filter((at) => at + offsetAt(at, zone) === wall);
  return exact.length > 0 ? Math.min(...exact) : jumpAfter(wall - Math.max(...offsets), wall, zone);
}

/** The moment after which a zone's clocks show `wall` or later: looked for from `from` on, to the second. */
function jumpAfter(from: number, wall: number, zone: string): number {
  let [before, after] = [from - 86_400_000, from + 86_400_000];
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (middle + offsetAt(middle, zone) < wall) before = middle;
    else after = middle;
  }
  return after;
}

/** The day that a zone's clocks show at a moment, as `2026-12-31`. */
export function dateAt(at: number, zone: string): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 10);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hourCycle: 'h23' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    timeZone: zone,
  } as Intl.DateTimeFormatOptions);
  formats.set(zone, made);
  return made;
}

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetAt(at: number, zone: string | null): number {
  const shown = formatOf(zoneName(zone)).formatToParts(at);
  const parts = Object.fromEntries(shown.map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return wall - Math.floor(at / 1000) * 1000;
}

/** What a zone's clocks show at a moment, as browsers take a date and time: `2026-12-31T23:30`. */
export function clockTextOf(at: number, zone: string): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16);
}
