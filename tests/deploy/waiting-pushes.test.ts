import { afterAll, beforeEach, expect, test } from 'vitest';
import { receive } from '../../src/deploy/push.ts';
import { WaitingPushes } from '../../src/deploy/waiting-pushes.ts';
import * as deliveries from '../../src/store/deliveries.ts';
import * as hooks from '../../src/store/inbound-hooks.ts';
import * as operations from '../../src/store/operations.ts';
import { type Town, town } from '../web/people.ts';
import { type Run, runIn, type Shop, shopIn } from '../web/shop.ts';

const commit = 'c'.repeat(40);
const rules = { enabled: true, production: false, branches: [], hostIds: null };
const towns: Town[] = [];
let t: Town;
let shop: Shop;
let busy: Run;

beforeEach(async () => {
  t = await town({}, undefined, { signedIn: false });
  towns.push(t);
  shop = await shopIn(t);
  await hooks.renew(t.db, shop.test.id, t.vault.seal('secret'));
  busy = await runIn(t, shop, shop.test);
  expect((await push('one')).outcome).toBe('waiting');
});
afterAll(() => Promise.all(towns.map((one) => one.end())));

async function push(delivery: string) {
  const hook = (await hooks.ofProject(t.db, shop.test.id))!;
  const event = { delivery, event: 'push', push: { branch: 'main', commit, pusher: 'ada' }, why: null };
  return receive(t.db, { hook, project: shop.test, forge: 'github', event, ip: null, requestId: null });
}

async function afterLooking() {
  await Promise.all([new WaitingPushes(t.db, 1).look(), new WaitingPushes(t.db, 1).look()]);
  const [line] = await deliveries.last(t.db, shop.test.id, 1);
  const live = await operations.live(t.db);
  return {
    outcome: line?.outcome,
    detail: line?.detail,
    live: live.map(({ id }) => id),
    hook: line?.operationId,
  };
}

test('it waits while the project is busy, and is started once when that is over', async () => {
  expect(await afterLooking()).toMatchObject({ outcome: 'waiting', live: [busy.operation.id] });
  await busy.finish('failed');
  const { outcome, live, hook } = await afterLooking();
  expect(outcome).toBe('started');
  expect(live).toEqual([hook]);
  expect((await hooks.ofProject(t.db, shop.test.id))?.pending).toBeNull();
  expect(await afterLooking()).toMatchObject({ outcome: 'started', live });
});

test('nothing is started where that very commit has come to all hosts meanwhile', async () => {
  await t.db('operations').where({ id: busy.operation.id }).update({ commit_id: commit });
  await busy.finish('succeeded');
  expect(await afterLooking()).toMatchObject({ outcome: 'already', live: [] });
});

test('it is judged by the rules of the moment at which it would start', async () => {
  await hooks.change(t.db, shop.test.id, { ...rules, enabled: false });
  await busy.finish('succeeded');
  expect(await afterLooking()).toMatchObject({ outcome: 'refused', detail: 'webhook_off', live: [] });
  expect(await t.db('audit').where({ action: 'webhook.receive' })).toMatchObject([
    { actor: 'webhook:github', via: 'worker', object: `project:${shop.test.key}`, result: 'refused' },
  ]);
});

test('[S92] a push that may not be deployed leaves a row with the reason, from where it came', async () => {
  await hooks.renew(t.db, shop.online.id, t.vault.seal('secret'));
  await hooks.change(t.db, shop.online.id, rules);
  const hook = (await hooks.ofProject(t.db, shop.online.id))!;
  const pushed = { branch: 'main', commit, pusher: 'ada' };
  const event = { delivery: 'p', event: 'push', push: pushed, why: null };
  const from = { forge: 'gitlab', ip: '192.0.2.7', requestId: 'r1' };
  expect((await receive(t.db, { hook, project: shop.online, event, ...from })).outcome).toBe('production');
  const [row] = await t.db('audit').where({ action: 'webhook.receive' });
  expect(row).toMatchObject({
    ...{ actor: 'webhook:gitlab', via: 'api', ip: '192.0.2.7', request_id: 'r1', result: 'refused' },
    ...{ object: `project:${shop.online.key}`, reason: 'production' },
  });
  expect(JSON.parse(row.after)).toEqual(pushed);
});

test('a newer one takes its place', async () => {
  expect((await push('two')).outcome).toBe('waiting');
  await busy.finish('succeeded');
  expect((await afterLooking()).outcome).toBe('started');
  const [two, one] = await deliveries.last(t.db, shop.test.id, 2);
  expect([two?.outcome, one?.outcome]).toEqual(['started', 'superseded']);
});
