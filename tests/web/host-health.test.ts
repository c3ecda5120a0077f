import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as hosts from '../../src/store/hosts.ts';
import * as mutes from '../../src/store/mutes.ts';
import * as placements from '../../src/store/placements.ts';
import { jump } from '../alarms/jump.ts';
import { recordHost, recordPlacements } from '../lab/looks.ts';
import { type Town, town } from './people.ts';
import { runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let path: string;
const ids = { test: '', online: '' };
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  path = `/hosts/${shop.hostIds[0]}/health`;
  for (const name of ['test', 'online'] as const)
    ids[name] = (await placements.ofProject(t.db, shop[name].id))[0]!.id;
});
afterAll(() => t.end());

const one = { since: null, release: null, message: null, processes: [] };
const away = { reachable: 'no', supervisor: 'unknown', message: 'ssh_refused' } as const;
const well = { reachable: 'yes', supervisor: 'rpc', message: null } as const;

test('a machine nobody looked at yet says so, and what its services are', async () => {
  const { text } = await t.member.get(path);
  expect(text).toContain('not seen yet');
  expect(text).toContain('/projects/test_shop/health');
  expect(text).toContain('Nothing changed');
});

test('it tells its state since when, its services, and each change with the operation at work', async () => {
  const [host] = shop.hostIds;
  await recordHost(t.db, host!, well);
  for (const state of ['running', 'failed'] as const)
    await recordPlacements(t.db, [{ placementId: ids.online, state, ...one }]);
  const run = await runIn(t, shop, shop.online);
  await recordPlacements(t.db, [{ placementId: ids.online, state: 'running', ...one }]);
  await run.finish('succeeded');
  await recordHost(t.db, host!, away);
  const { text } = await t.member.get(path);
  expect(text).toContain('pending (1 of 2 looks)');
  expect(text).toMatch(/The machine[\s\S]*op-live-unreachable/);
  expect(text).toContain(`/operations/${run.operation.id}`);
  expect(text.match(/op-live-failed/g)?.length).toBeGreaterThanOrEqual(2);
  expect(text).toMatch(/aria-label="24 hours: /);
  await t.db('host_states').where({ host_id: host! }).decrement('checked_at', 3_600_000);
  const stale = (await t.member.get(`${path}/now`)).text;
  expect(/<h2[^>]*>The machine[\s\S]*?<\/p>/.exec(stale)?.[0]).toContain('op-live-unknown');
});

test('its bars and since when are those of the machine itself, whatever became of what is there', async () => {
  const HOUR = 3_600_000;
  const [, host] = shop.hostIds;
  const [, there] = await placements.ofProject(t.db, shop.online.id);
  await recordPlacements(t.db, [{ placementId: there!.id, state: 'running', ...one }]);
  await jump(t.db, 3 * HOUR);
  await recordPlacements(t.db, [{ placementId: there!.id, state: 'failed', ...one }], 24 * HOUR);
  await jump(t.db, 3 * HOUR);
  await recordHost(t.db, host!, away, 24 * HOUR);
  const at = Number((await t.db('host_states').where({ host_id: host! }).first('since')).since);
  await recordHost(t.db, host!, away);
  await jump(t.db, 2 * HOUR);
  const machine = async () =>
    /id="machine"[\s\S]*?<\/section>/.exec((await t.member.get(`/hosts/${host}/health`)).text)?.[0] ?? '';
  await recordHost(t.db, host!, away, 24 * HOUR);
  const down = await machine();
  expect(down).toContain(`Since <time datetime="${new Date(at - 2 * HOUR).toISOString()}"`);
  expect(down, '6 of 8 hours').toMatch(/"24 hours: 7[45]\.\d\d %"/);
  expect(down).toMatch(/"30 days: 7[45]\.\d\d %"/);
  expect(down).toMatch(/class="health-up" x="3[12]" y="0" width="1[12]"/);
  expect(down).toMatch(/class="health-down" x="4[34]" y="0" width="[45]"/);
  await t.db('host_states').where({ host_id: host! }).decrement('checked_at', HOUR);
  const { checked_at } = await t.db('host_states').where({ host_id: host! }).first('checked_at');
  expect(await machine()).toContain(`Since <time datetime="${new Date(Number(checked_at)).toISOString()}"`);
});

test('its disks and its clock are told as they were gathered', async () => {
  expect((await t.member.get(path)).text).not.toContain('GiB');
  const disks = [
    { path: '/app/project', mount: '/', free: 5 * 1024 ** 3, used: 95 * 1024 ** 3, percent: 95 },
  ];
  const row = { host_id: shop.hostIds[0]!, next_at: 0, checked_at: Date.now(), clock_ms: 0 };
  await t.db('host_facts').insert({ ...row, disks: JSON.stringify([disks[0], disks[0]]), disk_percent: 95 });
  const { text } = await t.member.get(path);
  expect(text.match(/disk 95 % full at \/app\/project, 5\.0 GiB free/g)).toHaveLength(1);
  expect(text).toContain('clock right');
  await t.db('host_facts').update({ clock_ms: -90_000 });
  expect((await t.member.get(path)).text).toContain('clock is 90 s behind');
});

test('a maintenance of the machine stands beside its state', async () => {
  const scope = { kind: 'host', id: shop.hostIds[0]! } as const;
  const draft = { scope, reason: 'a new fan', from: 0, until: null, hours: null, byName: 'Ada', byId: null };
  const mute = await mutes.add(t.db, draft);
  expect((await t.member.get(path)).text).toContain('muted, because: a new fan');
  await mutes.end(t.db, mute);
});

test('long histories turn pages; a crooked page is the first', async () => {
  const row = { host_id: shop.hostIds[0]!, from_state: 'running', to_state: 'failed' };
  const at = Date.now() - 86_400_000;
  await t.db('flips').insert(
    Array.from({ length: 120 }, (_, n) => ({
      ...{ ...row, id: ulid(at + n), at: at + n, placement_id: ids.test, process_name: `p${n}.` },
      ...{ message: null, operation_id: null },
    })),
  );
  const first = (await t.member.get(path)).text;
  const [older] = /\/hosts\/\w+\/health\?before=\w+/.exec(first) ?? [''];
  const second = (await t.member.get(older)).text;
  expect(first).toContain('>p119.<');
  expect(second).not.toContain('>p119.<');
  expect(second).toContain('>p60.<');
  for (const before of ["'", 'zzzz', 'ZZZZZZZZZZZZZZZZZZZZZZZZZZ', `${'7'.repeat(26)}`]) {
    const answer = await t.member.get(`${path}?before=${before}`);
    expect([before, answer.status]).toEqual([before, 200]);
  }
});

test('whoever has nothing there does not find the machine', async () => {
  const stranger = await hosts.add(t.db, { name: 'db9', address: '192.0.2.99', settings: {}, notes: null });
  expect((await t.outsider.get(path)).status).toBe(404);
  expect((await t.member.get(`/hosts/${stranger.id}/health`)).status).toBe(404);
  expect((await t.admin.get(`/hosts/${stranger.id}/health`)).text).toContain('No services');
  expect((await t.admin.get(`/hosts/${ulid()}/health`)).status).toBe(404);
});
