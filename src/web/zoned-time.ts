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

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetAt(at: number, zone: string | null): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hourCycle: 'h23' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    timeZone: zoneName(zone),
  } as Intl.DateTimeFormatOptions);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return wall - Math.floor(at / 1000) * 1000;
}
