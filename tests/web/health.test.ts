import { afterAll, beforeAll, expect, test } from 'vitest';
import * as mutes from '../../src/store/mutes.ts';
import * as placements from '../../src/store/placements.ts';
import * as workers from '../../src/store/workers.ts';
import { jump } from '../alarms/jump.ts';
import { recordPlacements } from '../lab/looks.ts';
import { type Town, town } from './people.ts';
import { runIn, type Shop, shopIn } from './shop.ts';

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
  const its = { ...flip, process_name: 'online_shop:a' };
  await t.db('flips').insert([
    { ...flip, id: '01', at: at - 7_200_000, from_state: 'running', to_state: 'failed' },
    { ...flip, id: '02', at: at - 3_600_000, from_state: 'failed', to_state: 'running' },
    { ...its, id: '03', at: at - 7_200_000, from_state: 'running', to_state: 'stopped' },
    { ...its, id: '04', at: at - 6 * 3_600_000, from_state: 'failed', to_state: 'running' },
    { ...its, id: '05', at: at - 3_600_000, from_state: 'stopped', to_state: 'running' },
    { ...its, id: '06', at: at - 12 * 3_600_000, from_state: 'running', to_state: 'failed' },
    {
      ...its,
      id: '07',
      process_name: 'online_shop:b',
      at: at - 1000,
      from_state: 'failed',
      to_state: 'failed',
    },
  ]);
  await recordPlacements(t.db, [seen(ids.online, 'running')]);
  await t.db('flips').where('id', '>', '07').delete();
  const { text } = await t.member.get('/projects/online_shop/health');
  expect(text).toContain('online_shop:a');
  expect(text).toMatch(/aria-label="24 hours: 95\.8\d %"/);
  expect(text).toMatch(/aria-label="30 days: 97\.9\d %"/);
  expect(cell(text, 'day'), '6 of 23 hours that it was not stopped').toMatch(/"24 hours: 73\.9\d %"/);
  expect(cell(text, 'day')).toMatch(/class="health-down" x="2[34]" y="0" width="1[23]"/);
  expect(cell(text, 'day')).toMatch(/class="health-off" x="4[34]" y="0" width="[23]"/);
  expect(cell(text, 'month'), '6 of 47 hours').toMatch(/"30 days: 87\.2\d %"/);
});

test('group and state are filters too, and foreign groups show nothing', async () => {
  await recordPlacements(t.db, [seen(ids.test, 'failed'), seen(ids.online, 'running')]);
  const failed = (await t.member.get('/health?state=failed')).text;
  expect(failed).toContain('/projects/test_shop/health');
  expect(failed).not.toContain('/projects/online_shop/health');
  expect((await t.member.get(`/health?group=${t.groupId}`)).text).toContain('/projects/test_shop/health');
  expect((await t.member.get('/health?group=none')).text).not.toContain('/projects/test_shop/health');
  expect((await t.outsider.get(`/health?group=${t.groupId}`)).text).not.toContain('test_shop');
  for (const page of ['0', '-1', 'x', '99999']) {
    const answer = await t.member.get(`/health?page=${page}&state=${page}`);
    expect(answer.status).toBe(200);
  }
});

test('what does not count yet, what is at work, and who is not told, stands beside the state', async () => {
  await t.db('placement_states').where({ placement_id: ids.test }).update({ bad_looks: 1 });
  const scope = { kind: 'project', id: shop.test.id } as const;
  const until = Date.now() + 3_600_000;
  const draft = { scope, reason: 'a new disk', from: 0, until, hours: null, byName: 'Ada', byId: null };
  const mute = await mutes.add(t.db, draft);
  const run = await runIn(t, shop, shop.test);
  await run.host(shop.hostIds[0]!, { state: 'active' });
  for (const path of [
    '/health?q=test_shop',
    '/projects/test_shop/health',
    '/projects/test_shop/health/now',
  ]) {
    const { text } = await t.member.get(path);
    expect(text, path).toContain('pending (1 of 2 looks)');
    expect(text, path).toContain('a new disk');
    expect(text, path).toContain('deploy in progress');
  }
  await run.finish('succeeded');
  await mutes.end(t.db, mute);
  await t.db('placement_states').where({ placement_id: ids.test }).update({ bad_looks: 2 });
  const { text } = await t.member.get('/health?q=test_shop');
  expect(text).not.toMatch(/pending|a new disk|deploy in progress/);
});

test('a project shows its failing host first, and each process with its own changes', async () => {
  const [first, second] = await placements.ofProject(t.db, shop.online.id);
  await recordPlacements(t.db, [seen(first!.id, 'running'), seen(second!.id, 'running')]);
  for (const state of ['failed', 'running', 'failed', 'running', 'failed'] as const)
    await recordPlacements(t.db, [seen(second!.id, state)]);
  const { text } = await t.member.get('/projects/online_shop/health');
  expect(text.indexOf('>web2<')).toBeLessThan(text.indexOf('>web1<'));
  expect(text.match(/flapping/g)?.length).toBeGreaterThanOrEqual(2);
  expect(text).toMatch(/online_shop:a flaps">5</);
});

test('while its machine is away a process is unreachable, and its bar is as red as that of the whole', async () => {
  const HOUR = 3_600_000;
  await t.db('flips').delete();
  for (const table of ['process_states', 'placement_states']) await t.db(table).delete();
  await recordPlacements(t.db, [seen(ids.online, 'running')]);
  await jump(t.db, 7 * HOUR);
  const away = { since: null, message: 'ssh_refused', processes: [] };
  await recordPlacements(t.db, [{ placementId: ids.online, state: 'unreachable', ...away }], 24 * HOUR);
  const now = (await t.member.get('/projects/online_shop/health')).text;
  expect(cell(now, 'state')).toContain('op-live-unreachable');
  expect(cell(now, 'state')).toContain('refuses ssh');
  await jump(t.db, 5 * HOUR);
  await recordPlacements(t.db, [seen(ids.online, 'running')], 24 * HOUR);
  const { text } = await t.member.get('/projects/online_shop/health');
  expect(cell(text, 'day'), '7 of 12 hours').toContain('24 hours: 58.3');
  expect(cell(text, 'day')).toMatch(/class="health-down" x="\d+" y="0" width="1[01]"/);
  expect(cell(text, 'month')).toContain('30 days: 58.3');
  expect(cell(text, 'flaps')).toBe('2');
});

test('it says since when, on each page; of what nobody looked at lately, since the last look', async () => {
  const HOUR = 3_600_000;
  const [since, started] = [Date.now() - 3 * HOUR, Date.now() - 2 * HOUR];
  const look = { ...seen(ids.online, 'running'), since };
  await recordPlacements(t.db, [{ ...look, processes: [{ ...look.processes[0]!, since: started }] }]);
  expect(await sinces()).toEqual({ list: since, project: since, process: started });
  await t.db('placement_states').where({ placement_id: ids.online }).decrement('checked_at', HOUR);
  const row = await t.db('placement_states').where({ placement_id: ids.online }).first('checked_at');
  const seenLast = Number(row.checked_at);
  expect(await sinces()).toEqual({ list: seenLast, project: seenLast, process: seenLast });
});

/** Since when the production service on the first host is as it is: in the list, and on the project's page. */
async function sinces() {
  const [list, text] = await Promise.all(
    ['/health?q=online_shop', '/projects/online_shop/health'].map(
      async (path) => (await t.member.get(path)).text,
    ),
  );
  const row = list?.split('<tr>').find((one) => one.includes('>web1<')) ?? '';
  const whole = /<p[\s\S]*?<\/p>/.exec(text?.split(`data-live="${ids.online}">`)[1] ?? '')?.[0] ?? '';
  return { list: timeIn(row), project: timeIn(whole), process: timeIn(cell(text ?? '', 'since')) };
}

function timeIn(html: string): number {
  return Date.parse(/<time datetime="([^"]+)"/.exec(html)?.[1] ?? '');
}

/** What stands in one of the cells of the process that each look here tells of. */
function cell(text: string, name: string): string {
  return new RegExp(`online_shop:a ${name}">([\\s\\S]*?)</td>`).exec(text)?.[1] ?? '';
}
