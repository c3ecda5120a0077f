import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClock } from '../../src/store/clock.ts';
import { claim } from '../../src/store/fact-claims.ts';
import * as placements from '../../src/store/placements.ts';
import { drifted } from '../lab/drifting.ts';
import { recordHost, recordPlacements } from '../lab/looks.ts';
import { alarmOf } from './alarmed.ts';
import { program } from './api/programs.ts';
import { type Town, town } from './people.ts';
import { releaseOf, type Shop, shopIn } from './shop.ts';

const MINUTE = 60_000;
const THREE_INTERVALS = 3 * 60 * MINUTE;
const token = 'a-token-of-at-least-24-signs';

/** What stands where something is believed, and where it is not. */
const mood = { believed: 'op-live-running', not: 'op-live-unknown' };

describe.each([
  { when: 'just before three intervals are over', age: THREE_INTERVALS - 5 * MINUTE, believed: true },
  { when: 'just after', age: THREE_INTERVALS + 1000, believed: false },
])('$when, what was seen is believed: $believed', ({ age, believed }) => {
  let t: Town;
  let shop: Shop;
  let placementId = '';
  let alarmId = '';
  beforeAll(async () => {
    t = await town({
      ...{ CEDAR_SWEEP_SECONDS: '3600', CEDAR_FACTS_SECONDS: '3600', CEDAR_METRICS_TOKEN: token },
    });
    shop = await shopIn(t);
    const placed = await placements.ofProject(t.db, shop.online.id);
    placementId = placed[0]!.id;
    const releaseId = (await releaseOf(t, shop.online, { name: 'online-good' })).id;
    for (const { id } of [...placed, ...(await placements.ofProject(t.db, shop.test.id))]) {
      await recordPlacements(t.db, [seen(id)]);
      await drifted(t.db, id, releaseId);
    }
    for (const hostId of shop.hostIds) {
      await recordHost(t.db, hostId, { reachable: 'yes', supervisor: 'rpc', message: null });
      await claim(t.db, hostId, 3_600_000);
    }
    alarmId = await alarmOf(t.db, shop.online, placed[0]!);
    const checked_at = (await readClock(t.db)) - age;
    for (const table of ['host_states', 'placement_states', 'placement_facts', 'host_facts'])
      await t.db(table).update({ checked_at });
  });
  afterAll(() => t.end());

  const seen = (id: string) => ({
    ...{ placementId: id, state: 'running' as const, since: null, release: null, message: null },
    processes: [
      { name: 'online_shop:online_shop_5000', state: 'running' as const, pid: 7, since: null, message: null },
    ],
  });

  test.each<[name: string, path: () => string, words?: { believed?: string; not?: string }]>([
    ['services', () => '/health', mood],
    ['a project’s health', () => '/projects/online_shop/health', mood],
    [
      'a machine’s health',
      () => `/hosts/${shop.hostIds[0]}/health`,
      { ...mood, believed: 'op-live-reachable' },
    ],
    ['machines', () => '/hosts', mood],
    ['a machine', () => `/hosts/${shop.hostIds[0]}`, mood],
    ['projects', () => '/projects', mood],
    ['a project', () => '/projects/online_shop', mood],
    ['a project’s hosts', () => '/projects/online_shop/hosts', mood],
    ['one process', () => `/projects/online_shop/processes/${placementId}`, mood],
    ['an alarm', () => `/alarms/${alarmId}`, mood],
    ['what is on now', () => '/', { not: 'op-live-unknown' }],
    ['drift', () => '/drift', { believed: 'Put right: configuration', not: 'op-live-unknown' }],
    ['what is put right', () => `/drift/${placementId}/release`, { believed: 'name="decided"' }],
  ])('on the page of %s', async (_, path, words = {}) => {
    const { text } = await t.admin.get(path()).expect(200);
    const found = {
      believed: words.believed && text.includes(words.believed),
      not: words.not && text.includes(words.not),
    };
    expect(found).toEqual({ believed: words.believed && believed, not: words.not && !believed });
  });

  test('for programs', async () => {
    const caller = await program(t);
    const items = async (path: string) => (await caller.get(path).expect(200)).body.items;
    const reachable = (await items('/api/v1/hosts')).map((host: { reachable: string }) => host.reachable);
    expect(new Set(reachable)).toEqual(new Set([believed ? 'yes' : 'unknown']));
    expect(await items('/api/v1/inventory/failing')).toHaveLength(believed ? 0 : 4);
    const known = (await items('/api/v1/drift')).map((one: { known: boolean }) => one.known);
    expect(new Set(known)).toEqual(new Set([believed]));
    const { text } = await t.nobody.get('/metrics').set('Authorization', `Bearer ${token}`).expect(200);
    expect(text).toContain(`cedar_placements{state="${believed ? 'running' : 'unknown'}"} 4`);
    expect(text).toContain(`cedar_hosts{state="${believed ? 'yes' : 'unknown'}"} 2`);
  });
});
