import { describe, expect, test } from 'vitest';
import type { Alarm, Place, Trouble } from '../../src/model/alarm.ts';
import { type AlarmWorld, decide, type Standing } from '../../src/model/alarm-decision.ts';
import { type Tellable, telling } from '../../src/model/alarm-telling.ts';
import { type Mute, muteOf } from '../../src/model/mute.ts';
import { type NewsRoute, routed } from '../../src/model/route.ts';

const shop: Place = {
  ...{ projectId: 'p1', projectKey: 'online_shop', groupId: 'g1' },
  ...{ environment: 'online', production: true },
};
const base = {
  hostId: 'h1',
  hostName: 'alpha',
  places: [shop],
  message: null,
  badSince: 100,
  services: 1,
  flapping: false,
};
const service = (over: Partial<Trouble> = {}) => ({
  ...base,
  ...{ key: 'service:l1', kind: 'service' as const, state: 'failed' as const, looks: 2, busy: false },
  ...over,
});
const host = (over: Partial<Trouble> = {}) =>
  service({ key: 'host:h1', kind: 'host', state: 'unreachable', services: 3, ...over });
const open = (trouble: Trouble, over: Partial<Alarm> = {}): Alarm => ({
  ...{ ...trouble, id: 'a1', openedAt: 120, flapping: false, endedAt: null, ending: null },
  ...{ acknowledgedAt: null, acknowledgedBy: null, note: null, suspect: null },
  ...over,
});
const world = (over: Partial<AlarmWorld>): AlarmWorld => ({
  ...{ at: 1000, troubles: [], open: [], standings: new Map(), quietMs: 10, doubtMs: 60_000 },
  ...over,
});
const standing = (over: Partial<NonNullable<Standing>> = {}) =>
  new Map([['service:l1', { state: 'running' as const, bad: false, flips: 1, busy: false, ...over }]]);
const keys = (troubles: Trouble[]) => troubles.map(({ key }) => key);

describe('an alarm is opened', () => {
  test('when further looks agree, not at the first', () => {
    expect(keys(decide(world({ troubles: [service({ looks: 1 })] })).opened)).toEqual([]);
    expect(keys(decide(world({ troubles: [service()] })).opened)).toEqual(['service:l1']);
  });

  test('once, however often it is decided', () => {
    const again = decide(
      world({
        troubles: [service()],
        open: [open(service())],
        standings: standing({ bad: true, state: 'failed' }),
      }),
    );
    expect(again).toEqual({ opened: [], changed: [], ended: [] });
  });

  test('never for what an operation is changing', () => {
    expect(decide(world({ troubles: [{ ...service(), busy: true }] })).opened).toEqual([]);
  });

  test('once for a dead machine, not for each service on it', () => {
    const away = [1, 2, 3].map((n) => service({ key: `service:l${n}`, state: 'unreachable' }));
    expect(keys(decide(world({ troubles: [...away, host()] })).opened)).toEqual(['host:h1']);
    const down = service({ state: 'no-supervisor' });
    const supervisor = host({ key: 'supervisor:h1', kind: 'supervisor', state: 'no-supervisor' });
    expect(keys(decide(world({ troubles: [down, supervisor] })).opened)).toEqual(['supervisor:h1']);
    const elsewhere = service({ key: 'service:l9', state: 'unreachable', hostId: 'h2' });
    expect(keys(decide(world({ troubles: [elsewhere, host()] })).opened)).toEqual(['service:l9', 'host:h1']);
  });

  test('alone, when nobody looks any more', () => {
    const silent = decide(world({ troubles: [service()], quietMs: 300_001 }));
    expect(silent.opened).toMatchObject([{ key: 'sweep', badSince: 1000 - 300_001 }]);
    expect(decide(world({ quietMs: 300_000 })).opened).toEqual([]);
    expect(decide(world({ quietMs: 300_001, doubtMs: 59_999 })).opened).toEqual([]);
    expect(decide(world({ quietMs: null })).opened).toEqual([]);
  });
});

describe('an open alarm', () => {
  const of = (over: Partial<NonNullable<Standing>> | null, more: Partial<AlarmWorld> = {}) =>
    decide(
      world({ open: [open(service())], standings: over === null ? new Map() : standing(over), ...more }),
    );

  test('ends when it is well, was stopped, or is not there any more', () => {
    expect(of({}).ended).toEqual([{ id: 'a1', why: 'well' }]);
    expect(of({ state: 'stopped' }).ended).toEqual([{ id: 'a1', why: 'stopped' }]);
    expect(of(null).ended).toEqual([{ id: 'a1', why: 'gone' }]);
  });

  test('does not end on what nobody knows, while it starts, or while an operation is at work', () => {
    for (const over of [{ state: 'unknown' as const }, { state: 'starting' as const }, { busy: true }])
      expect(of(over).ended, JSON.stringify(over)).toEqual([]);
    expect(of({}, { quietMs: 400_000 }).ended).toEqual([]);
  });

  test('does not end while it flaps, and says so', () => {
    const flaps = of({ flips: 5 });
    expect(flaps.ended).toEqual([]);
    expect(flaps.changed).toEqual([{ id: 'a1', trouble: null, flapping: true }]);
  });

  test('tells what is different now', () => {
    const worse = service({ message: 'exit status 7' });
    const { changed } = of({ bad: true, state: 'failed' }, { troubles: [worse] as never });
    expect(changed).toMatchObject([{ id: 'a1', trouble: { message: 'exit status 7' }, flapping: false }]);
  });

  test('of the sweep ends with the next look', () => {
    const silent = open({ ...service(), key: 'sweep', kind: 'sweep' });
    expect(decide(world({ open: [silent] })).ended).toEqual([{ id: 'a1', why: 'well' }]);
    expect(decide(world({ open: [silent], quietMs: 400_000 })).ended).toEqual([]);
  });
});

describe('telling', () => {
  const one = (over: Partial<Tellable> = {}, alarm: Partial<Alarm> = {}): Tellable => ({
    ...{ alarm: open(service(), alarm), muted: false, told: null, before: null },
    ...over,
  });
  const MINUTE = 60_000;

  test('500 at once are one message, then at most one in two minutes', () => {
    const all = Array.from({ length: 500 }, (_, n) => one({}, { id: `a${n}` }));
    expect(telling(all, null, MINUTE)?.fresh).toHaveLength(500);
    expect(telling(all, MINUTE, 2 * MINUTE)).toBeNull();
    expect(telling(all, MINUTE, 3 * MINUTE)?.fresh).toHaveLength(500);
  });

  test('a known one is repeated after twenty minutes, never an acknowledged one', () => {
    const known = { told: { state: 'open' as const, at: 0 } };
    expect(telling([one(known)], 0, 19 * MINUTE)).toBeNull();
    expect(telling([one(known)], 0, 20 * MINUTE)?.still).toHaveLength(1);
    expect(telling([one(known, { acknowledgedAt: 5 })], 0, 60 * MINUTE)).toBeNull();
  });

  test('an end is told where its begin was', () => {
    const over = { endedAt: 5 };
    expect(telling([one({ told: { state: 'open', at: 0 } }, over)], 0, 3 * MINUTE)?.ended).toHaveLength(1);
    expect(telling([one({}, over)], null, MINUTE)).toBeNull();
    expect(telling([one({ told: { state: 'ended', at: 0 } }, over)], 0, 60 * MINUTE)).toBeNull();
  });

  test('what came back is held until the repeat time is over, then told with how often', () => {
    const back = one({ before: { at: 0, times: 3 } }, { openedAt: 6 * MINUTE });
    expect(telling([back], 0, 19 * MINUTE)).toBeNull();
    const told = telling([back], 0, 20 * MINUTE);
    expect(told?.fresh).toHaveLength(1);
    expect(told?.again.get('a1')).toEqual({ at: 0, times: 3 });
    const other = one({}, { id: 'a2', key: 'service:l2' });
    expect(telling([back, other], 0, 3 * MINUTE)?.fresh, 'another thing is told at once').toEqual([
      other.alarm,
    ]);
  });

  test('what comes once, after the repeat time, is new', () => {
    const late = one({ before: { at: 0, times: 1 } }, { openedAt: 21 * MINUTE });
    expect(telling([late], 0, 21 * MINUTE)).toMatchObject({ fresh: [{ id: 'a1' }], again: new Map() });
  });

  test('a time of the future holds nothing back: the clock was set', () => {
    const back = one({ before: { at: 50 * MINUTE, times: 1 } });
    expect(telling([back], null, MINUTE)?.fresh).toHaveLength(1);
  });

  test('nothing is told to be well that is bad again; then its end is told once', () => {
    const first = one({ told: { state: 'open', at: 0 } }, { endedAt: 5 });
    const back = one({ before: { at: 0, times: 1 } }, { id: 'a2', openedAt: MINUTE });
    expect(telling([first, back], 0, 3 * MINUTE)).toBeNull();
    const both = telling(
      [first, one({ told: { state: 'open', at: 5 } }, { id: 'a2', endedAt: 9 })],
      0,
      MINUTE * 3,
    );
    expect(both?.ended.map(({ id }) => id)).toEqual(['a2']);
    expect(both?.settled.map(({ id }) => id)).toEqual(['a1', 'a2']);
  });

  test('a muted one is told when the mute is over', () => {
    expect(telling([one({ muted: true })], null, MINUTE)).toBeNull();
    expect(telling([one()], null, MINUTE)?.fresh).toHaveLength(1);
  });
});

describe('a mute', () => {
  const mute = (over: Partial<Mute> = {}): Mute => ({
    ...{ id: 'm', scope: { kind: 'project', id: 'p1' }, reason: 'moving', from: 0, until: 1000 },
    ...{ hours: null, byName: 'alice', createdAt: 0 },
    ...over,
  });

  test('is on what it names, until its end', () => {
    expect(muteOf(service(), [mute()], 999)?.id).toBe('m');
    expect(muteOf(service(), [mute()], 1000)).toBeNull();
    expect(muteOf(service(), [mute({ until: null })], 1e12)?.id).toBe('m');
    for (const [kind, id, on] of [
      ['everything', '', true],
      ['environment', 'online', true],
      ['environment', 'test', false],
      ['group', 'g1', true],
      ['group', 'g2', false],
      ['host', 'h1', true],
      ['host', 'h2', false],
      ['project', 'p2', false],
    ] as const)
      expect(muteOf(service(), [mute({ scope: { kind, id } })], 1) !== null, `${kind} ${id}`).toBe(on);
  });

  test('of one project does not hide the machine that others need too', () => {
    const other = { ...shop, projectId: 'p2', projectKey: 'online_cart' };
    expect(muteOf(host({ places: [shop, other] }), [mute()], 1)).toBeNull();
    const both = [mute(), mute({ id: 'n', scope: { kind: 'project', id: 'p2' } })];
    expect(muteOf(host({ places: [shop, other] }), both, 1)).not.toBeNull();
    expect(muteOf({ ...host(), places: [] }, [mute()], 1), 'of the sweep').toBeNull();
  });

  test('may hold in some hours alone', () => {
    const weekly = [{ days: [1, 2, 3, 4, 5, 6, 7], hours: [{ from: 120, to: 240 }] }];
    const nightly = mute({ until: null, hours: { zone: 'Asia/Shanghai', weekly, extra: [] } });
    const at = (text: string) => Date.parse(`${text}+08:00`);
    expect(muteOf(service(), [nightly], at('2026-11-23T02:30:00'))).not.toBeNull();
    expect(muteOf(service(), [nightly], at('2026-11-23T04:30:00'))).toBeNull();
  });
});

describe('a route', () => {
  const route = (channelId: string, over: Partial<NewsRoute> = {}): NewsRoute => ({
    ...{ id: channelId, kind: null, groupId: null, environment: null, channelId },
    ...over,
  });
  const all = [
    route('everybody'),
    route('team', { groupId: 'g1' }),
    route('pager', { groupId: 'g1', kind: 'alarm' }),
    route('sre', { groupId: 'g1', kind: 'alarm' }),
    route('tests', { environment: 'test' }),
  ];

  test('the most exact ones win, all of them', () => {
    expect(routed(all, 'alarm', shop)).toEqual(['pager', 'sre']);
    expect(routed(all, 'operation', shop)).toEqual(['team']);
    expect(routed(all, 'operation', { ...shop, groupId: 'g2' })).toEqual(['everybody']);
  });

  test('outside production only one that names the environment', () => {
    expect(routed(all, 'alarm', { ...shop, environment: 'test', production: false })).toEqual(['tests']);
    expect(routed(all, 'alarm', { ...shop, environment: 'qa', production: false })).toEqual([]);
  });
});
