import { expect, it } from 'vitest';
import { momentOf } from '../../src/web/zoned-time.ts';

const iso = (text: string, zone: string) => {
  const moment = momentOf(text, zone);
  return 'at' in moment ? new Date(moment.at).toISOString() : moment.wrong;
};

it.each([
  ['2026-12-31T23:30', 'UTC', '2026-12-31T23:30:00.000Z'],
  ['2026-12-31T23:30', 'Asia/Shanghai', '2026-12-31T15:30:00.000Z'],
  ['2026-12-31T23:30:15', 'Asia/Kathmandu', '2026-12-31T17:45:15.000Z'],
  ['2026-07-01T09:00', 'America/New_York', '2026-07-01T13:00:00.000Z'],
  ['2026-01-01T00:10', 'Pacific/Kiritimati', '2025-12-31T10:10:00.000Z'],
  // The clocks of Berlin show this hour twice; its first showing counts.
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-03-29T02:30', 'Europe/Berlin', 'at_gap'],
  ['2026-02-29T10:00', 'UTC', 'at'],
  ['2026-13-01T10:00', 'UTC', 'at'],
  ['2026-01-01T24:00', 'UTC', 'at'],
  ['tomorrow', 'UTC', 'at'],
  ['', 'UTC', 'at'],
])('%s in %s is %s', (text, zone, expected) => {
  expect(iso(text, zone)).toBe(expected);
});
