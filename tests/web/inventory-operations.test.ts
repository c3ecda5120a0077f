import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Operation } from '../../src/model/operation.ts';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as questions from '../../src/store/questions.ts';
import { type Town, town } from './people.ts';
import { placeOf } from './setup-forms.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  const env = [
    { name: 'MODE', value: t.vault.seal('fast'), secret: false },
    { name: 'TOKEN', value: t.vault.seal('s3cret-value'), secret: true },
  ];
  shop.test = await projects.update(t.db, shop.test.id, shop.test.revision, { env });
});
afterAll(() => t.end());
beforeEach(() => t.db('locks').update({ operation_id: null }));

async function startedBy(answer: { headers: Record<string, string>; status: number }): Promise<Operation> {
  expect(answer.status).toBe(303);
  return (await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!))!;
}

async function answered(place: string, answer: unknown): Promise<string> {
  await questions.answer(t.db, place.split('/').at(-1)!, answer);
  return (await t.admin.get(place).expect(200)).text;
}

test('the page compares every host before anything is pushed, and pushes to the chosen ones', async () => {
  const path = '/projects/test_shop/push';
  expect((await t.admin.get('/projects/test_shop/template')).text).toContain(path);
  await t.admin.get(path).expect(200);
  const place = placeOf(await t.admin.post(`${path}/compare`, {}, path));
  expect((await t.admin.get(place)).text).toContain('The hosts are being looked at');
  const asked = await questions.byId(t.db, place.split('/').at(-1)!);
  expect(asked).toMatchObject({ kind: 'comparison', args: { kind: 'push-configuration' } });
  const nothing = { plain: false, restarts: [], wayBack: null, edited: [], files: null };
  const one = { ...nothing, problem: null, current: 'R1', configuration: 'changes' };
  const diff = '-MODE="slow"\n+MODE="fast"';
  const detail = { host: 'web2', address: '192.0.2.2:22', reason: 'timeout' };
  const page = await answered(place, {
    hosts: [
      { ...one, hostId: shop.hostIds[0], host: 'web1', configurationDiff: diff },
      {
        ...one,
        ...{ hostId: shop.hostIds[1], host: 'web2', configurationDiff: '' },
        problem: { code: 'ssh_unreachable', detail },
      },
    ],
  });
  expect(page).toContain('+MODE=&#34;fast&#34;');
  expect(page).toContain('could not be looked at');
  expect(page).toMatch(new RegExp(`value="${shop.hostIds[0]}" checked`));
  expect(page).not.toMatch(new RegExp(`value="${shop.hostIds[1]}" checked`));
  const none = await t.admin.post(path, { reason: 'typed before' }, path);
  expect(none.status).toBe(422);
  expect(none.text).toContain('typed before');
  const form = { hosts: shop.hostIds[0]!, idempotencyKey: ulid() };
  const pushed = await startedBy(await t.admin.post(path, form, path));
  expect(pushed).toMatchObject({ kind: 'push-configuration', snapshot: { params: {} } });
  expect(pushed.snapshot.hosts.map(({ name }) => name)).toEqual(['web1']);
  expect((await startedBy(await t.admin.post(path, form, path))).id).toBe(pushed.id);
  await t.db('locks').update({ operation_id: null });
  const restarted = await startedBy(
    await t.admin.post(path, { hosts: shop.hostIds[0]!, restart: 'on' }, path),
  );
  expect(restarted.snapshot.params).toEqual({ restart: true });
});

test('a clone is previewed with what stays behind, and started once', async () => {
  const path = '/projects/test_shop/clone';
  const page = await t.admin.get(path).expect(200);
  expect(page.text).toContain('variable TOKEN');
  expect(page.text).toContain('<code>MODE</code>');
  expect(page.text).not.toContain('s3cret-value');
  const form = { environment: 'online', name: 'shop-two', groupId: t.groupId, idempotencyKey: ulid() };
  const operation = await startedBy(await t.admin.post(path, form, path));
  expect(operation).toMatchObject({ kind: 'clone', snapshot: { hosts: [] } });
  expect((await startedBy(await t.admin.post(path, form, path))).id).toBe(operation.id);
  await t.admin.get(`/operations/${operation.id}`).expect(200);
  const taken = await t.admin.post(path, { ...form, name: 'shop', idempotencyKey: ulid() }, path);
  expect(taken.status).toBe(422);
  for (const name of ['../x', 'A', 'a;b', ''])
    expect((await t.admin.post(path, { ...form, name, idempotencyKey: ulid() }, path)).status).toBe(422);
});

test('who may not configure the target cannot clone into it', async () => {
  await t.grant({ config: true, deploy: false });
  const path = '/projects/test_shop/clone';
  const form = { environment: 'online', name: 'mine', groupId: t.groupId };
  const refused = await t.member.post(path, form, path);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('takes the configure and the deploy right');
  expect((await startedBy(await t.member.post(path, { ...form, environment: 'test' }, path))).kind).toBe(
    'clone',
  );
  expect((await t.outsider.post(path, form)).status).toBe(404);
});

test('the git cache is cleaned by an operation without hosts, which a busy project refuses in words', async () => {
  const page = await t.admin.get('/projects/test_shop').expect(200);
  expect(page.text).toContain('/projects/test_shop/clean-cache');
  const operation = await startedBy(await t.admin.post('/projects/test_shop/clean-cache', {}));
  expect(operation).toMatchObject({ kind: 'clean-cache', snapshot: { hosts: [] } });
  const shown = await t.admin.get(`/operations/${operation.id}`).expect(200);
  expect(shown.text).toContain('Remove the copy of the repository');
  expect(shown.text).not.toContain('0 of 0');
  const busy = await t.admin.post('/projects/test_shop/clean-cache', {});
  expect(busy.status).toBe(409);
  expect(busy.text).toContain('holds this project: Clean git cache');
  expect((await t.admin.get('/history?kind=clean-cache')).text).toContain(operation.id);
});

test('a member who may not configure starts none of these', async () => {
  await t.grant({ config: false, deploy: true });
  const [placement] = await placements.ofProject(t.db, shop.test.id);
  for (const path of ['push', 'clone', `hosts/${placement!.id}/delete`, 'hosts'])
    expect((await t.member.post(`/projects/test_shop/${path}`, {})).status).toBe(403);
});
