import { describe, expect, test } from 'vitest';
import { opennessAt } from '../../src/model/openness.ts';
import {
  covers,
  defaultRules,
  type Freeze,
  type Placed,
  type WindowSet,
  windowOf,
} from '../../src/model/window.ts';
import { originalHours, readExtra, readWeekly } from '../../src/model/window-text.ts';

function setOf(hours: string, zone = 'Asia/Shanghai', extra = ''): WindowSet {
  const [weekly, days] = [readWeekly(hours), readExtra(extra)];
  if (!Array.isArray(weekly) || !Array.isArray(days)) throw new Error(`${JSON.stringify([weekly, days])}`);
  return { id: 'w', scope: { kind: 'environment', id: 'online' }, zone, weekly, extra: days };
}
const freeze = (from: string, to: string, reason = 'stocktaking'): Freeze => ({
  ...{ id: reason, scope: { kind: 'everything', id: '' }, reason },
  ...{ from: Date.parse(from), to: Date.parse(to) },
});
/** `open|closed <until>`, the moment in UTC. */
function told(set: WindowSet | null, at: string, freezes: Freeze[] = []): string {
  const { open, until, freeze: by } = opennessAt(set, freezes, Date.parse(at));
  const end = until === null ? 'never' : new Date(until).toISOString().slice(0, 16);
  return `${open ? 'open' : 'closed'} ${end}${by ? ` ${by.reason}` : ''}`;
}

describe('[S30] a window is open by the clocks of its own zone, whatever the zone of the server', () => {
  const original = setOf(originalHours);
  test.each([
    ['2026-11-23T01:59:59Z', 'closed 2026-11-23T02:00'],
    ['2026-11-23T02:00:00Z', 'open 2026-11-23T03:30'],
    ['2026-11-23T03:29:59Z', 'open 2026-11-23T03:30'],
    ['2026-11-23T03:30:00Z', 'closed 2026-11-23T06:00'],
    ['2026-11-23T06:00:00Z', 'open 2026-11-23T09:30'],
    ['2026-11-23T11:00:00Z', 'open 2026-11-23T12:00'],
    ['2026-11-23T12:00:00Z', 'closed 2026-11-24T02:00'],
    ['2026-11-27T12:00:00Z', 'closed 2026-11-30T02:00'],
    ['2026-11-28T03:00:00Z', 'closed 2026-11-30T02:00'],
  ])('the window of the original in Shanghai at %s: %s', (at, expected) => {
    expect(told(original, at)).toBe(expected);
  });
  test('the weekday is that of the zone', () => {
    const monday = setOf('mon 08:00-09:00', 'Pacific/Auckland');
    expect(told(monday, '2026-11-22T19:30:00Z')).toBe('open 2026-11-22T20:00');
    expect(told(setOf('sun 23:00-24:00', 'America/Los_Angeles'), '2026-11-23T07:30:00Z')).toBe(
      'open 2026-11-23T08:00',
    );
  });
});

describe('[S30] hours over midnight', () => {
  const night = setOf('fri 22:00-02:00', 'UTC');
  test.each([
    ['2026-11-27T21:59:00Z', 'closed 2026-11-27T22:00'],
    ['2026-11-27T23:00:00Z', 'open 2026-11-28T02:00'],
    ['2026-11-28T01:59:00Z', 'open 2026-11-28T02:00'],
    ['2026-11-28T02:00:00Z', 'closed 2026-12-04T22:00'],
    ['2026-11-27T01:00:00Z', 'closed 2026-11-27T22:00'],
  ])('%s: %s', (at, expected) => expect(told(night, at)).toBe(expected));
  test('hours that touch are one window', () => {
    const two = setOf('daily 00:00-24:00', 'UTC');
    expect(told(two, '2026-11-23T12:00:00Z')).toBe('open never');
    expect(told(setOf('mon 12:00-24:00\ntue 00:00-06:00', 'UTC'), '2026-11-23T12:00:00Z')).toBe(
      'open 2026-11-24T06:00',
    );
  });
});

describe('[S30] where clocks are put forward and back', () => {
  test('the hours follow the clocks of the wall', () => {
    const berlin = setOf('daily 10:00-11:00', 'Europe/Berlin');
    expect(told(berlin, '2026-03-28T09:00:00Z')).toBe('open 2026-03-28T10:00');
    expect(told(berlin, '2026-03-29T08:00:00Z')).toBe('open 2026-03-29T09:00');
    expect(told(berlin, '2026-10-25T08:30:00Z')).toBe('closed 2026-10-25T09:00');
  });
  test('skipped hours are no window, and a skipped end is the moment of the jump', () => {
    expect(told(setOf('sun 02:00-03:00', 'Europe/Berlin'), '2026-03-28T23:00:00Z')).toBe(
      'closed 2026-04-05T00:00',
    );
    expect(told(setOf('sun 01:00-02:30', 'Europe/Berlin'), '2026-03-29T00:30:00Z')).toBe(
      'open 2026-03-29T01:00',
    );
    expect(told(setOf('sun 02:30-04:00', 'Europe/Berlin'), '2026-03-29T00:30:00Z')).toBe(
      'closed 2026-03-29T01:00',
    );
  });
  test('what the clocks show twice begins and ends the first time', () => {
    const twice = setOf('sun 02:30-02:45', 'Europe/Berlin');
    expect(told(twice, '2026-10-25T00:30:00Z')).toBe('open 2026-10-25T00:45');
    expect(told(twice, '2026-10-25T01:30:00Z')).toBe('closed 2026-11-01T01:30');
    expect(told(setOf('sun 01:30-03:00', 'Europe/Berlin'), '2026-10-25T01:30:00Z')).toBe(
      'open 2026-10-25T02:00',
    );
  });
  test('over midnight in the night of the jump', () => {
    const night = setOf('sat 22:00-04:00', 'America/New_York');
    expect(told(night, '2026-03-08T07:30:00Z')).toBe('open 2026-03-08T08:00');
    expect(told(night, '2026-11-01T08:30:00Z')).toBe('open 2026-11-01T09:00');
  });
});

describe('extra days and freezes', () => {
  const working = setOf('mon-fri 10:00-18:00', 'UTC', '2026-11-28 09:00-12:00\n2027-05-01 10:00-11:00');
  test('a working Saturday is open for its hours', () => {
    expect(told(working, '2026-11-28T09:30:00Z')).toBe('open 2026-11-28T12:00');
    expect(told(working, '2026-11-27T18:00:00Z')).toBe('closed 2026-11-28T09:00');
    expect(told(setOf('', 'UTC', '2027-05-01 10:00-11:00'), '2026-11-28T09:30:00Z')).toBe(
      'closed 2027-05-01T10:00',
    );
    expect(told(setOf('', 'UTC'), '2026-11-28T09:30:00Z')).toBe('closed never');
  });
  test('freezes win, and end where a window is open', () => {
    const days = [freeze('2026-11-23T12:00:00Z', '2026-11-25T20:00:00Z')];
    expect(told(working, '2026-11-23T11:00:00Z', days)).toBe('open 2026-11-23T12:00');
    expect(told(working, '2026-11-23T12:00:00Z', days)).toBe('closed 2026-11-26T10:00 stocktaking');
    expect(told(working, '2026-11-25T20:00:00Z', days)).toBe('closed 2026-11-26T10:00');
  });
  test('without a window it is open but for freezes, of which one may follow another', () => {
    expect(told(null, '2026-11-23T11:00:00Z')).toBe('open never');
    const two = [
      freeze('2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z', 'first'),
      freeze('2026-11-23T12:00:00Z', '2026-11-25T00:00:00Z', 'second'),
    ];
    expect(told(null, '2026-11-22T11:00:00Z', two)).toBe('open 2026-11-23T00:00');
    expect(told(null, '2026-11-23T01:00:00Z', two)).toBe('closed 2026-11-25T00:00 first');
    expect(told(null, '2026-11-25T00:00:00Z', two)).toBe('open never');
  });
});

describe('which window rules', () => {
  const project: Placed = { id: 'p', groupId: 'g', environment: 'online', production: true };
  const on = (kind: 'environment' | 'group' | 'project', id: string): WindowSet => ({
    ...{ id: kind, scope: { kind, id }, zone: 'UTC', weekly: [], extra: [] },
  });
  const all = [on('environment', 'online'), on('group', 'g'), on('project', 'p')];
  test('the most specific one, and none is always open', () => {
    const ruling = (sets: WindowSet[], rules = defaultRules) => windowOf(sets, project, rules)?.id ?? null;
    expect(ruling(all)).toBe('project');
    expect(ruling(all.slice(0, 2))).toBe('group');
    expect(ruling(all.slice(0, 1))).toBe('environment');
    expect(ruling([on('project', 'other'), on('group', 'other'), on('environment', 'test')])).toBeNull();
    expect(ruling(all, { ...defaultRules, exemptGroups: ['g'] })).toBeNull();
    expect(ruling(all, { ...defaultRules, exemptProjects: ['p'] })).toBeNull();
  });
  test('wide rules spare what is not production unless told', () => {
    const other = { ...project, environment: 'test', production: false };
    const everything = { kind: 'everything', id: '' } as const;
    expect(covers(everything, project, defaultRules)).toBe(true);
    expect(covers(everything, other, defaultRules)).toBe(false);
    expect(covers(everything, other, { ...defaultRules, everywhere: true })).toBe(true);
    expect(covers({ kind: 'group', id: 'g' }, other, defaultRules)).toBe(false);
    expect(covers({ kind: 'environment', id: 'test' }, other, defaultRules)).toBe(true);
    expect(covers({ kind: 'project', id: 'p' }, other, defaultRules)).toBe(true);
  });
});

describe('typed hours', () => {
  test.each([
    ['mon-fri 10:00-11:30', [{ days: [1, 2, 3, 4, 5], hours: [{ from: 600, to: 690 }] }]],
    ['Sat-Mon,wed 22:00-00:00', [{ days: [1, 3, 6, 7], hours: [{ from: 1320, to: 1440 }] }]],
    ['\n daily  00:00-24:00 \n', [{ days: [1, 2, 3, 4, 5, 6, 7], hours: [{ from: 0, to: 1440 }] }]],
  ])('%j', (text, expected) => expect(readWeekly(text)).toEqual(expected));
  test.each([
    ['mon', 'window_hours'],
    ['monday 10:00-11:00', 'window_days'],
    ['mon- 10:00-11:00', 'window_days'],
    ['mon-wed-fri 10:00-11:00', 'window_days'],
    ['mon 9:00-10:00', 'window_hours'],
    ['mon 10:00-25:00', 'window_hours'],
    ['mon 10:00-10:00', 'window_hours'],
    ['mon 24:00-02:00', 'window_hours'],
    ['mon 10:00-11:00,', 'window_hours'],
  ])('%j is refused: %s', (text, code) => expect(readWeekly(`\n${text}`)).toEqual({ code, line: 2 }));
  test.each([
    ['2026-02-30 10:00-11:00', 'window_date', 1],
    ['26-02-03 10:00-11:00', 'window_date', 1],
    ['2026-02-03 10:00-11:00\n2026-02-03 12:00-13:00', 'window_date_twice', 2],
  ])('%j is refused: %s', (text, code, line) => expect(readExtra(text)).toEqual({ code, line }));
});
