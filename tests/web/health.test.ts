import { afterAll, beforeAll, expect, test } from 'vitest';
import * as placements from '../../src/store/placements.ts';
import * as workers from '../../src/store/workers.ts';
import { recordPlacements } from '../lab/looks.ts';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
const ids: Record<'test' | 'online', string> = { test: '', online: '' };
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  for (const name of ['test', 'online'] as const)
    ids[name] = (await placements.ofProject(t.db, shop[name].id))[0]!.id;
});
afterAll(() => t.end());

const seen = (placementId: string, state: 'running' | 'failed', message: string | null = null) => ({
  ...{ placementId, state, since: null, release: null, message },
  processes: [{ name: 'online_shop:a', state, pid: 7, since: null, message }],
});

test('what is wrong stands first, in words, to whoever may see it', async () => {
  await recordPlacements(t.db, [seen(ids.test, 'running'), seen(ids.online, 'failed', 'exit status 7')]);
  const { text } = await t.member.get('/health');
  expect(text.indexOf('/projects/online_shop/health')).toBeLessThan(
    text.indexOf('/projects/test_shop/health'),
  );
  expect(text).toContain('exit status 7');
  expect((await t.outsider.get('/health')).text).not.toContain('online_shop');
  expect((await t.outsider.get('/projects/online_shop/health')).status).toBe(404);
});

test('a service that nobody looked at lately is unknown, never green', async () => {
  await t.db('placement_states').where({ placement_id: ids.test }).decrement('checked_at', 600_000);
  const { text } = await t.member.get('/health?q=test_shop');
  expect(text).toContain('op-live-unknown');
  expect(text).not.toContain('op-live-running');
});

test('filters by text as it stands, and by environment', async () => {
  expect((await t.member.get('/health?q=online')).text).not.toContain('/projects/test_shop/health');
  expect((await t.member.get('/health?q=%25')).text).not.toContain('online_shop/health');
  expect((await t.member.get('/health?environment=test')).text).not.toContain('/projects/online_shop/health');
});

test('says that nobody looks, until a health process lives', async () => {
  const alert = 'No health process is running';
  expect((await t.member.get('/health/now')).text).toContain(alert);
  const id = '01K00000000000000000000002';
  await workers.register(t.db, { id, kind: 'health', machine: 'm', pid: 1 });
  expect((await t.member.get('/health/now')).text).not.toContain(alert);
});

test('a project shows each host with its bars, processes, and what was wrong before', async () => {
  const at = Date.now();
  await t
    .db('placement_states')
    .where({ placement_id: ids.online })
    .update({ seen_since: at - 2 * 86_400_000 });
  await t.db('flips').delete();
  const flip = { host_id: shop.hostIds[0], placement_id: ids.online, message: null, operation_id: null };
  await t.db('flips').insert([
    { ...flip, id: '01', at: at - 7_200_000, from_state: 'running', to_state: 'failed' },
    { ...flip, id: '02', at: at - 3_600_000, from_state: 'failed', to_state: 'running' },
  ]);
  await recordPlacements(t.db, [seen(ids.online, 'running')]);
  await t.db('flips').where('id', '>', '02').delete();
  const { text } = await t.member.get('/projects/online_shop/health');
  expect(text).toContain('online_shop:a');
  expect(text).toMatch(/aria-label="24 hours: 95\.8\d %"/);
  expect(text).toMatch(/aria-label="30 days: 97\.9\d %"/);
});
