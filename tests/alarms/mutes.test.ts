import { describe, expect, test } from 'vitest';
import type { Mute } from '../../src/model/mute.ts';
import * as alarms from '../../src/store/alarms.ts';
import * as mutes from '../../src/store/mutes.ts';
import { eachDatabase } from '../lab/database.ts';
import { Fleet } from './fleet.ts';
import { jump } from './jump.ts';

const HOUR = 3_600_000;
const zone = 'Asia/Shanghai';

/** Hours of each day, in minutes, that hold now, or that do not: an hour at least is between now and their ends. */
function hoursAround(isNow: boolean): NonNullable<Mute['hours']> {
  const early = Math.floor(((Date.now() + 8 * HOUR) % (24 * HOUR)) / 60_000) < 720;
  const [first, last] = [
    { from: 0, to: early ? 780 : 60 },
    { from: early ? 1380 : 660, to: 1440 },
  ];
  const between = { from: first.to, to: last.from };
  return {
    zone,
    weekly: [{ days: [1, 2, 3, 4, 5, 6, 7], hours: isNow ? [first, last] : [between] }],
    extra: [],
  };
}

const muted = (fleet: Fleet, over: Partial<Mute>) =>
  mutes.add(fleet.db, {
    ...{ scope: { kind: 'everything', id: '' }, reason: 'moving house', from: 0, until: null, hours: null },
    ...{ byName: 'alice', byId: null, ...over },
  });

/** Both services fail, each on a machine of its own; which of them people are told of. */
async function toldOf(fleet: Fleet): Promise<string[]> {
  await fleet.look('running');
  await fleet.look('failed', {}, {}, 2);
  expect(await fleet.pass(), 'both are shown').toMatchObject({ opened: 2 });
  return heard(fleet);
}

async function heard(fleet: Fleet): Promise<string[]> {
  const text = JSON.stringify(await fleet.messages());
  return ['online_svc1', 'online_svc2'].filter((name) => text.includes(name));
}

const both = ['online_svc1', 'online_svc2'];

eachDatabase((kind) =>
  describe(`a maintenance on ${kind}`, () => {
    test('with an end is quiet until then; what goes on is told with the next pass', async () => {
      const fleet = await Fleet.of(kind, { hosts: 2, projects: 2 });
      await muted(fleet, { from: Date.now() - HOUR, until: Date.now() + HOUR });
      expect(await toldOf(fleet)).toEqual([]);
      expect(await fleet.pass()).toEqual({ opened: 0, ended: 0, messages: 0, open: 2 });
      await fleet.db('mutes').decrement('until_at', 2 * HOUR);
      expect(await fleet.pass()).toEqual({ opened: 0, ended: 0, messages: 1, open: 2 });
      expect(await heard(fleet)).toEqual(both);
    });

    test('what fails after its end is told at once', async () => {
      const fleet = await Fleet.of(kind, { hosts: 2, projects: 2 });
      await muted(fleet, { from: Date.now() - 2 * HOUR, until: Date.now() - HOUR });
      expect(await toldOf(fleet)).toEqual(both);
    });

    test('that has not begun is none', async () => {
      const fleet = await Fleet.of(kind, { hosts: 2, projects: 2 });
      await muted(fleet, { from: Date.now() + HOUR, until: Date.now() + 2 * HOUR });
      expect(await toldOf(fleet)).toEqual(both);
    });

    test('what was over before its end is never told', async () => {
      const fleet = await Fleet.of(kind, { hosts: 2, projects: 2 });
      await muted(fleet, { until: Date.now() + HOUR });
      await toldOf(fleet);
      await fleet.look('running');
      expect(await fleet.pass()).toMatchObject({ ended: 2, messages: 0 });
      await jump(fleet.db, 2 * HOUR);
      await fleet.db('mutes').decrement('until_at', 2 * HOUR);
      await fleet.look('running');
      expect(await fleet.pass()).toMatchObject({ messages: 0, open: 0 });
    });
  }),
);

describe('a mute in a pass', () => {
  test.each([
    ['everything', () => '', []],
    ['environment', () => 'online', []],
    ['environment', () => 'test', both],
    ['group', (fleet: Fleet) => fleet.groupId, []],
    ['group', () => '01K00000000000000000000000', both],
    ['project', (fleet: Fleet) => fleet.projectIds[0] ?? '', ['online_svc2']],
    ['host', (fleet: Fleet) => fleet.hostIds[1] ?? '', ['online_svc1']],
  ] as const)('of %s leaves the others to be told', async (kind, id, told) => {
    const fleet = await Fleet.of('sqlite', { hosts: 2, projects: 2 });
    await muted(fleet, { scope: { kind, id: id(fleet) } });
    expect(await toldOf(fleet)).toEqual(told);
    expect(await alarms.open(fleet.db)).toHaveLength(2);
  });

  test('holds in its hours', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 2, projects: 2 });
    await muted(fleet, { hours: hoursAround(true) });
    expect(await toldOf(fleet)).toEqual([]);
    await fleet.db('mutes').update({ hours: JSON.stringify(hoursAround(false)) });
    expect(await fleet.pass(), 'they are over').toMatchObject({ messages: 1 });
  });

  test('holds in no others', async () => {
    const fleet = await Fleet.of('sqlite', { hosts: 2, projects: 2 });
    await muted(fleet, { hours: hoursAround(false) });
    expect(await toldOf(fleet)).toEqual(both);
  });
});
