import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as groups from '../../src/store/groups.ts';
import * as operations from '../../src/store/operations.ts';
import * as projects from '../../src/store/projects.ts';
import * as releases from '../../src/store/releases.ts';
import * as schedules from '../../src/store/schedules.ts';
import { type Browser, type Town, town } from '../web/people.ts';
import { releaseOf, type Shop, shopIn } from '../web/shop.ts';

let t: Town;
let shop: Shop;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

const tab = '/projects/test_shop/strategy';
const page = '/projects/test_shop';
const canary = {
  strategyKind: 'canary',
  strategyBatch: '50%',
  strategyCanary: '1',
  strategyWait: '600',
  strategyWell: '1',
  strategyFailures: '0',
  strategyEnd: 'roll-back',
};

async function strategy() {
  return (await projects.byKey(t.db, 'test_shop'))!.settings.strategy;
}

function order(over: Record<string, string | string[]> = {}) {
  return { kind: 'deploy', hosts: shop.hostIds, ref: 'main', idempotencyKey: ulid(), ...over };
}

async function launched(answer: Awaited<ReturnType<Browser['post']>>) {
  expect([answer.status, answer.text]).toEqual([303, expect.any(String)]);
  return (await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!))!;
}

async function freed(): Promise<void> {
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null, wake_at: null });
  await t.db('operations').whereNull('finished_at').update({ state: 'cancelled', finished_at: 1 });
}

test('a project’s strategy is kept, audited, and shown with its plan', async () => {
  const { revision } = (await projects.byKey(t.db, 'test_shop'))!;
  expect((await t.member.post(tab, { ...canary, revision: String(revision) }, page)).status).toBe(403);
  const saved = await t.admin.post(tab, { ...canary, revision: String(revision) }, tab);
  expect([saved.status, saved.text]).toEqual([303, expect.any(String)]);
  expect(await strategy()).toEqual({
    ...{ kind: 'canary', batch: '50%', canary: 1, waitSeconds: 600 },
    ...{ minHealthy: 1, maxFailures: 0, onFailure: 'roll-back' },
  });
  const audited = await t.db('audit').where({ action: 'project.strategy', result: 'ok' });
  expect(audited[0].after).toContain('roll-back');
  const shown = await t.member.get(page).expect(200);
  expect(shown.text).toContain('Wait before the rest, before wave 2');
  expect(shown.text).toMatch(/Wave 1.*Enough hosts are well.*web1.*Wave 2.*Wait before the rest.*web2/s);
});

test.each([
  ['strategyBatch', '0%', 'A number such as 3'],
  ['strategyBatch', '1; rm -rf /', 'A number such as 3'],
  ['strategyCanary', '0', 'At least 1'],
  ['strategyWait', '', 'Fill this in'],
  ['strategyWell', '-1', 'A whole number'],
  ['strategyFailures', '1e3', 'A whole number'],
  ['strategyKind', 'all', 'Choose one'],
])('%s “%s” is refused at its field, and nothing is kept', async (field, value, message) => {
  const before = await strategy();
  const { revision } = (await projects.byKey(t.db, 'test_shop'))!;
  const answer = await t.admin.post(tab, { ...canary, revision: String(revision), [field]: value }, tab);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain(message);
  expect(await strategy()).toEqual(before);
});

test('a run may do otherwise, and only where that is ticked', async () => {
  const own = { ...canary, strategyKind: 'batches', strategyBatch: '2' };
  const ignored = await launched(await t.member.post(`${page}/operations`, order(own), page));
  expect(ignored.snapshot.project.settings.strategy.kind).toBe('canary');
  await freed();
  const taken = { ...order(own), ownStrategy: 'on' };
  const found = await launched(await t.member.post(`${page}/operations`, taken, page));
  expect(found.snapshot.project.settings.strategy).toMatchObject({ kind: 'batches', batch: '2' });
  await freed();
  const wrong = { ...order(own), ownStrategy: 'on', strategyBatch: 'all' };
  const refused = await t.member.post(`${page}/operations`, wrong, page);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('value="all"');
  const half = { ...order(), ownStrategy: 'on', strategyKind: 'serial' };
  expect((await t.member.post(`${page}/operations`, half, page)).status).toBe(422);
});

test('pause and continue are wishes that the page tells of, and are audited', async () => {
  const operation = await launched(await t.member.post(`${page}/operations`, order(), page));
  const path = `/operations/${operation.id}`;
  expect((await t.outsider.post(`${path}/pause`, {})).status).toBe(404);
  expect((await t.member.post(`${path}/pause`, { pauseReason: 'a\nb' }, path)).status).toBe(422);
  const paused = await t.member.post(`${path}/pause`, { pauseReason: 'lunch' }, path);
  expect(paused.status).toBe(303);
  await t.member.post(`${path}/pause`, { pauseReason: 'again' }, path);
  const shown = await t.member.get(path).expect(200);
  expect(shown.text).toContain('member wishes to pause');
  expect(shown.text).toContain('lunch');
  await t
    .db('operations')
    .where({ id: operation.id })
    .update({ state: 'paused', paused_at: 1_800_000_000_000 });
  const waiting = await t.member.get(path).expect(200);
  expect(waiting.text).toContain('Paused by member');
  expect(waiting.text).toContain('until somebody continues');
  expect(waiting.text).toContain(`${path}/unlock`);
  expect(waiting.text).toContain(`${path}/cancel`);
  expect((await t.member.get('/').expect(200)).text).toContain('paused');
  await t.member.post(`${path}/continue`, {}, path);
  expect(await operations.byId(t.db, operation.id)).toMatchObject({ state: 'queued', continuedBy: 'member' });
  const actions = await t
    .db('audit')
    .where({ object: `operation:${operation.id}` })
    .orderBy('id');
  expect(actions.map((row) => row.action)).toEqual(['operation.pause', 'operation.continue']);
  await freed();
});

const far = '2027-06-01T03:30';

test('a deploy for later is kept with the moment on the person’s clock, shown, and withdrawn', async () => {
  await t.db('users').where({ username: 'member' }).update({ time_zone: 'Asia/Shanghai' });
  const fields = order({ at: far, grace: '5', reason: 'at night' });
  const answers = [
    await t.member.post(`${page}/schedules`, fields, page),
    await t.member.post(`${page}/schedules`, fields, page),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([303, 303]);
  const [one, ...more] = await schedules.open(t.db, {});
  expect(more).toEqual([]);
  expect(one).toMatchObject({
    graceSeconds: 300,
    state: 'waiting',
    request: { kind: 'deploy', ref: 'main' },
  });
  expect(new Date(one!.at).toISOString()).toBe('2027-05-31T19:30:00.000Z');
  const shown = await t.member.get(page).expect(200);
  expect(shown.text).toContain('1 Jun 2027, 03:30:00');
  expect(shown.text).toContain('2027-05-31T19:30:00.000Z');
  expect((await t.member.get('/').expect(200)).text).toContain('at night');
  expect((await t.outsider.get('/').expect(200)).text).not.toContain('at night');
  const way = `/schedules/${one!.id}/withdraw`;
  expect((await t.outsider.post(page + way, {})).status).toBe(404);
  expect((await t.admin.post(`/projects/online_shop${way}`, {})).status).toBe(404);
  expect((await t.member.post(page + way, {}, page)).status).toBe(303);
  expect(await schedules.byId(t.db, one!.id)).toMatchObject({ state: 'withdrawn' });
});

test.each([
  [{ at: '2020-01-01T00:00' }, 'This moment is over'],
  [{ at: 'soon' }, 'A date and time'],
  [{}, 'Fill this in'],
  [{ at: '2126-01-01T00:00' }, 'At most a year'],
  [{ at: far, grace: '-5' }, 'A whole number'],
  [{ at: far, grace: '999999' }, 'At most 10080'],
  [{ at: far, kind: 'rollback' }, 'Fill this in'],
  [{ at: far, hosts: [] }, 'host'],
])('%j is no moment for an operation', async (wrong, message) => {
  const answer = await t.member.post(`${page}/schedules`, order({ grace: '5', ...wrong }), page);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain(message);
  expect((await schedules.open(t.db, {})).filter((one) => one.state === 'waiting')).toEqual([]);
});

test('a release of a sibling that the person sees is promoted; others’ are no choice', async () => {
  const good = await releaseOf(t, shop.online);
  await releases.markGood(t.db, good.id);
  const shown = await t.member.get(page).expect(200);
  expect(shown.text).toContain(`name="source" value="${good.id}"`);
  const wanted = order({ kind: 'promote', source: good.id });
  const found = await launched(await t.member.post(`${page}/operations`, wanted, page));
  expect(found.snapshot.params.promotion).toMatchObject({ releaseId: good.id, projectKey: 'online_shop' });
  await freed();
  const missing = await t.member.post(`${page}/operations`, order({ kind: 'promote' }), page);
  expect([missing.status, missing.text]).toEqual([422, expect.stringContaining('Fill this in')]);
  await t
    .db('projects')
    .where({ id: shop.online.id })
    .update({ group_id: await otherGroup() });
  const unseen = order({ kind: 'promote', source: good.id });
  expect((await t.member.post(`${page}/operations`, unseen, page)).status).toBe(422);
  expect((await t.member.get(page).expect(200)).text).not.toContain(good.id);
});

async function otherGroup(): Promise<string> {
  const id = ulid();
  await groups.add(t.db, { id, name: `other-${id.slice(-6)}`.toLowerCase(), notes: null });
  return id;
}
