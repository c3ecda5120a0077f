import { ulid } from 'ulid';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { receive } from '../../src/deploy/push.ts';
import { startDue } from '../../src/deploy/start-due.ts';
import { WaitingPushes } from '../../src/deploy/waiting-pushes.ts';
import * as channels from '../../src/store/channels.ts';
import * as deliveries from '../../src/store/deliveries.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as hooks from '../../src/store/inbound-hooks.ts';
import * as operations from '../../src/store/operations.ts';
import * as schedules from '../../src/store/schedules.ts';
import * as users from '../../src/store/users.ts';
import * as windows from '../../src/store/windows.ts';
import { type Town, town } from '../web/people.ts';
import { type Shop, shopIn } from '../web/shop.ts';

const rules = { enabled: true, production: true, branches: [], hostIds: null };
const towns: Town[] = [];
let t: Town;
let shop: Shop;
let page: string;

beforeEach(async () => {
  t = await town();
  towns.push(t);
  shop = await shopIn(t);
  page = `/projects/${shop.online.key}`;
  await t.grant({ config: true, deploy: true });
  await hooks.renew(t.db, shop.online.id, t.vault.seal('secret'));
  await hooks.change(t.db, shop.online.id, { ...rules, hold: true });
  await close();
});
afterAll(() => Promise.all(towns.map((one) => one.end())));

function close(): Promise<string> {
  const scope = { kind: 'project', id: shop.online.id } as const;
  return windows.add(t.db, { scope, zone: 'UTC', hours: '', extra: '2036-01-02 10:00-11:00' });
}
async function open(): Promise<void> {
  for (const { id } of await windows.all(t.db)) await windows.remove(t.db, id);
}
async function push(delivery: string, commit = 'c'.repeat(40)) {
  const hook = (await hooks.ofProject(t.db, shop.online.id))!;
  const event = { delivery, event: 'push', push: { branch: 'main', commit, pusher: 'ada' }, why: null };
  return receive(t.db, { hook, project: shop.online, forge: 'github', event, ip: null, requestId: null });
}
const look = () => Promise.all([new WaitingPushes(t.db, 1).look(), new WaitingPushes(t.db, 1).look()]);
const outcomes = async () => (await deliveries.last(t.db, shop.online.id, 5)).map(({ outcome }) => outcome);
const live = async () => (await operations.live(t.db)).length;

describe('a push that meets a closed window', () => {
  test('waits where the project says so, is shown until when, and is deployed once when it opens', async () => {
    expect((await push('one')).outcome).toBe('waiting');
    await look();
    expect([await outcomes(), await live()]).toEqual([['waiting'], 0]);
    for (const place of [page, `${page}/now`]) {
      const { text } = await t.member.get(place);
      expect(text).toMatch(
        /push of main \(cccccccccc, ada\) is deployed when the window opens: closed\s+until/,
      );
      expect(text).toContain('2036-01-02T10:00:00.000Z');
    }
    await open();
    await look();
    expect([await outcomes(), await live()]).toEqual([['started'], 1]);
    expect((await hooks.ofProject(t.db, shop.online.id))!.pending).toBeNull();
    expect((await t.member.get(page)).text).not.toContain('when the window opens');
  });

  test('during a freeze it waits too; a newer one takes its place, and one that begins leaves none behind', async () => {
    await open();
    const scope = { kind: 'everything', id: '' } as const;
    const [from, to] = [Date.now() - 1000, Date.now() + 600_000];
    const freeze = await freezes.add(t.db, { scope, from, to, reason: 'stocktaking', by: 'Ada' });
    expect((await push('one')).detail).toBe('frozen');
    expect((await push('two', 'd'.repeat(40))).outcome).toBe('waiting');
    expect(await outcomes()).toEqual(['waiting', 'superseded']);
    await freezes.remove(t.db, freeze);
    expect((await push('three', 'e'.repeat(40))).outcome).toBe('started');
    await look();
    expect([await outcomes(), await live()]).toEqual([['started', 'superseded', 'superseded'], 1]);
  });

  test('whoever may deploy takes it back, which is audited; nobody else does, and nothing begins then', async () => {
    const { id } = await push('one');
    const path = `${page}/waiting-push/withdraw`;
    await t.grant({ config: true, deploy: false });
    expect((await t.member.post(path, { delivery: id })).status).toBe(403);
    expect((await t.outsider.post(path, { delivery: id })).status).toBe(404);
    await t.grant({ config: false, deploy: true });
    await t.member.post(path, { delivery: ulid() });
    expect(await outcomes()).toEqual(['waiting']);
    expect((await t.member.post(path, { delivery: id }, page)).status).toBe(303);
    await open();
    await look();
    expect([await outcomes(), await live()]).toEqual([['withdrawn'], 0]);
    const rows = await t.db('audit').where({ action: 'webhook.withdraw', result: 'ok' });
    expect(rows).toMatchObject([{ actor: 'member', object: `project:${shop.online.key}` }]);
  });

  test('otherwise it is refused, and the group is told when the window opens', async () => {
    const robot = await channels.add(t.db, { kind: 'dingtalk', name: 'r', groupId: null, options: {} });
    await channels.choose(t.db, `group:${t.groupId}`, robot);
    await t.member.post(`${page}/webhooks`, {
      enabled: 'on',
      production: 'on',
      branches: '',
      everywhere: 'on',
    });
    expect(await hooks.ofProject(t.db, shop.online.id)).toMatchObject({ hold: false });
    expect(await push('one')).toMatchObject({ outcome: 'refused', detail: 'window_closed' });
    const [notice] = await t.db('notices').where({ topic: 'push' });
    expect(notice.body).toContain('notice.push_closed');
    expect(notice.body).toContain(String(Date.parse('2036-01-02T10:00:00Z')));
    expect((await t.member.get(`${page}/webhooks`)).text).toContain('the window was closed');
    await open();
    await look();
    expect([await outcomes(), await live()]).toEqual([['refused'], 0]);
    const form = { enabled: 'on', production: 'on', hold: 'on', branches: '', everywhere: 'on' };
    expect((await t.member.post(`${page}/webhooks`, form)).status).toBe(303);
    expect((await hooks.ofProject(t.db, shop.online.id))!.hold).toBe(true);
  });
});

describe('an operation for later that meets a closed window', () => {
  async function later(graceSeconds: number): Promise<string> {
    const by = (await users.all(t.db)).find(({ username }) => username === 'member')!;
    const [id, none] = [ulid(), { ref: null, releaseId: null, reason: null, strategy: null }];
    await schedules.add(t.db, {
      ...{ id, projectId: shop.online.id, projectKey: shop.online.key, groupId: t.groupId },
      request: { kind: 'deploy', hostIds: shop.hostIds, params: {}, ...none },
      ...{ at: Date.now() - 1000, graceSeconds, askedBy: by.id, askedName: 'member', idempotencyKey: id },
    });
    return id;
  }

  test('waits within its grace, with the reason beside it, and begins when it opens', async () => {
    const id = await later(600);
    await startDue(t.db);
    expect(await schedules.byId(t.db, id)).toMatchObject({ state: 'waiting', operationId: null });
    const { text } = await t.member.get(page);
    expect(text).toContain('The window of online_shop is closed until 2 Jan 2036');
    await open();
    await startDue(t.db);
    expect(await schedules.byId(t.db, id)).toMatchObject({ state: 'started', outcome: null });
  });

  test('is refused without grace, and tells when it opens', async () => {
    const id = await later(0);
    await startDue(t.db);
    const until = Date.parse('2036-01-02T10:00:00Z');
    expect(await schedules.byId(t.db, id)).toMatchObject({
      ...{ state: 'refused', outcome: { code: 'window_closed', detail: { until } } },
    });
    await open();
    await startDue(t.db);
    expect(await live()).toBe(0);
  });
});
