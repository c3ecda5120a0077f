import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as questions from '../../src/store/questions.ts';
import { drifted } from '../lab/drifting.ts';
import { type Town, town } from './people.ts';
import { compared } from './planned.ts';
import { releaseOf, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let placementId = '';
let releaseId = '';

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  placementId = (await placements.ofProject(t.db, shop.test.id))[0]!.id;
  releaseId = (await releaseOf(t, shop.test, { name: 'test-good' })).id;
});
afterAll(() => t.end());
beforeEach(async () => {
  await t.db('locks').update({ operation_id: null });
  await t.db('releases').update({ state: 'kept' });
  await drifted(t.db, placementId, releaseId);
});

const answer = (place: string) => place.split('look=')[1] ?? '';

test('what differs is told in words to whoever may see it, with what may be done', async () => {
  const { text } = await t.member.get('/drift');
  expect(text).toContain('runs release OTHER, should run test-good');
  expect(text).toContain('configuration edited on the host');
  expect(text).toContain('process shop:shop_0 was started 90 s before its release was switched');
  expect(text).toContain(`/drift/${placementId}/release/look`);
  expect(text, 'that takes another right').not.toContain(`/drift/${placementId}/configuration/look`);
  expect(text, 'the release puts it right too').not.toContain(`/drift/${placementId}/process/look`);
  expect(text, 'three more placements were never looked at').toContain('Of 3 of 4 services nothing is known');
  expect((await t.outsider.get('/drift')).text).not.toContain('test-good');
  expect((await t.member.get('/drift?environment=online')).text).not.toContain('test-good');
  expect((await t.member.get('/drift?q=online')).text).not.toContain('test-good');
  expect((await t.member.get(`/drift?group=${ulid()}`)).text).not.toContain('test-good');
  expect((await t.member.get(`/drift?group=${t.groupId}&q=test_`)).text).toContain('test-good');
  expect((await t.member.get('/health')).text).toContain('href="/drift"');
  expect((await t.member.get('/projects/test_shop/health')).text).toContain('href="/drift?q=test_shop"');
});

test('what was found long ago is unknown, and nothing is put right by it', async () => {
  await drifted(t.db, placementId, releaseId, { checkedAt: Date.now() - 3_600_000 });
  const { text } = await t.admin.get('/drift');
  expect(text).toContain('op-live-unknown');
  expect(text).toContain('Of 4 of 4 services nothing is known');
  expect(text).not.toContain(`/drift/${placementId}/release/look`);
  const path = `/drift/${placementId}/release`;
  expect((await t.admin.post(path, { idempotencyKey: ulid() })).status).toBe(409);
});

test('a full disk and a wrong clock are told of their machine; a full disk of others is nobody else’s matter', async () => {
  const disks = JSON.stringify([{ path: '/srv', mount: '/', free: 2 ** 31, used: 2 ** 35, percent: 92 }]);
  const facts = { checked_at: Date.now(), clock_ms: -61_000, disks, disk_percent: 92 };
  await t.db('host_facts').insert({ host_id: shop.hostIds[0]!, ...facts });
  const { text } = await t.member.get('/drift');
  expect(text).toContain('clock is 61 s behind · disk 92 % full at /srv, 2.0 GiB free');
  expect((await t.outsider.get('/drift')).text).not.toContain('92 %');
});

test('the operation is shown before it is started, with the host as it is, and is one like any other', async () => {
  const path = `/drift/${placementId}/release`;
  const asked = await t.member.post(`${path}/look`, {}, '/drift');
  const place = asked.headers.location!;
  expect((await t.member.get(place)).text).toContain('aria-busy="true"');
  expect(await questions.byId(t.db, answer(place))).toMatchObject({
    kind: 'comparison',
    args: { kind: 'rollback', releaseId, hostIds: [shop.hostIds[0]] },
  });
  const host = compared(shop.hostIds[0]!, { configurationDiff: '+BY_HAND' });
  await questions.answer(t.db, answer(place), { hosts: [host] });
  const { text } = await t.member.get(place);
  expect(text).toContain('+BY_HAND');
  expect(text).toContain('Back to release test-good on web1');
  expect(text).toContain('value="runs release OTHER, should run test-good"');
  const decided = /name="decided" value="(\w+)"/.exec(text)?.[1] ?? '';
  const form = { idempotencyKey: ulid(), decided, reason: 'moved by hand' };
  const started = await t.member.post(path, form, place);
  const id = started.headers.location!.split('/').at(-1)!;
  expect(await operations.byId(t.db, id)).toMatchObject({
    ...{ kind: 'rollback', releaseId, reason: 'moved by hand', requestedName: 'member' },
    snapshot: { hosts: [{ hostId: shop.hostIds[0] }] },
  });
  expect((await t.member.post(path, form, place)).headers.location).toBe(`/operations/${id}`);
  expect((await t.member.get('/drift')).text).toContain('an operation is at work');
  const busy = await t.member.post(path, { ...form, idempotencyKey: ulid() }, '/drift');
  expect(busy.status).toBe(409);
});

test('a release that is not kept any more is refused in a sentence, on the page and at the button', async () => {
  await t.db('releases').where({ id: releaseId }).update({ state: 'pruned' });
  const path = `/drift/${placementId}/release`;
  const shown = await t.admin.get(path).expect(200);
  expect(shown.text).toContain('is not kept any more: deploy another one');
  expect(shown.text).not.toContain('name="decided"');
  const refused = await t.admin.post(path, { idempotencyKey: ulid() }, path);
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('is not kept any more: deploy another one');
});

test('an edited file is written again and an old process restarted, each by its own operation', async () => {
  const kinds = { configuration: 'push-configuration', process: 'restart' };
  for (const [what, kind] of Object.entries(kinds)) {
    await t.db('locks').update({ operation_id: null });
    const path = `/drift/${placementId}/${what}`;
    const { text } = await t.admin.get(path).expect(200);
    const decided = /name="decided" value="(\w+)"/.exec(text)?.[1] ?? '';
    const started = await t.admin.post(path, { idempotencyKey: ulid(), decided }, path);
    const id = started.headers.location?.split('/').at(-1) ?? '';
    expect((await operations.byId(t.db, id))?.kind).toBe(kind);
  }
  await t.db('locks').update({ operation_id: null });
  await t.db('drifts').delete();
  const path = `/drift/${placementId}/process`;
  expect((await t.admin.get(path)).text).toContain('as it should be by now');
  expect((await t.admin.post(path, { idempotencyKey: ulid() }, path)).status).toBe(409);
});
