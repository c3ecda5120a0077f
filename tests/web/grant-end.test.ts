import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isPermitted } from '../../src/deploy/still-permitted.ts';
import * as grants from '../../src/store/grants.ts';
import { program } from './api/programs.ts';
import { type Town, town } from './people.ts';
import { runIn, shopIn } from './shop.ts';

let t: Town;
let member: string;
let path: string;
beforeAll(async () => {
  t = await town();
  member = (await t.db('users').where({ username: 'member' }).first('id')).id;
  path = `/people/${member}/grants/${t.groupId}`;
});
afterAll(() => t.end());

test('a grant gets a last day, is shown with it, keeps it when rights change, and ends', async () => {
  expect((await t.member.get(path)).status).toBe(403);
  expect((await t.admin.post(path, { last: '2999-12-31' }, path)).status).toBe(303);
  const [held] = await grants.ofUser(t.db, member);
  expect(held!.until).toBeGreaterThan(Date.UTC(2999, 11, 31));
  expect((await t.member.get(`/groups/${t.groupId}`)).text).toMatch(/2999|3000/);
  expect((await t.admin.get(path)).text).toContain('value="2999-12-31"');
  await t.admin.post(`/people/${member}/grants`, { member: t.groupId, deploy: t.groupId });
  expect(await grants.ofUser(t.db, member)).toEqual([{ ...held, deploy: true }]);
  await t.db('grants').update({ ends_at: Date.now() - 1 });
  expect((await t.member.get(`/groups/${t.groupId}`)).status).toBe(404);
  expect((await t.admin.get(path)).status).toBe(404);
  const audited = await t.db('audit').where({ action: 'grant.end' }).first();
  expect(audited).toMatchObject({ actor: 'admin', result: 'ok' });
  expect(audited.after).toContain('until');
});

test('[S33] from its second on a grant gives nothing: to tokens, and to operations that go on', async () => {
  const shop = await shopIn(t);
  const scopes = ['read', 'deploy'] as const;
  const token = await program(t, { of: 'member', scopes: [...scopes] });
  await t.grant({ config: false, deploy: true });
  const by = { id: member, username: 'member', displayName: 'member' };
  const { operation } = await runIn(t, shop, shop.online, { by });
  const seen = async () => (await token.get(`/api/v1/projects/${shop.online.key}`)).status;
  expect([await seen(), await isPermitted(t.db, operation)]).toEqual([200, true]);
  await t.db('grants').update({ ends_at: Date.now() + 60_000 });
  expect([await seen(), await isPermitted(t.db, operation)]).toEqual([200, true]);
  await t.db('grants').update({ ends_at: Date.now() });
  expect([await seen(), await isPermitted(t.db, operation)]).toEqual([404, false]);
  const order = { kind: 'restart', hosts: shop.hostIds, idempotencyKey: ulid() };
  expect((await t.member.post(`/projects/${shop.test.key}/operations`, order)).status).toBe(404);
  expect((await token.post(`/api/v1/operations/${operation.id}/cancel`, { reason: 'x' })).status).toBe(404);
});

test('a day that is none or over is refused at its field', async () => {
  await t.grant({ config: false, deploy: false });
  for (const last of ['2026-02-30', 'tomorrow', '2001-01-01']) {
    const answer = await t.admin.post(path, { last }, path);
    expect([answer.status, answer.text.includes(`value="${last}"`)]).toEqual([422, true]);
  }
  expect((await t.admin.post(path, { last: '' }, path)).status).toBe(303);
  expect(await grants.ofUser(t.db, member)).toEqual([{ groupId: t.groupId, config: false, deploy: false }]);
});

test('the page of a person who is the last admin keeps the role and the account', async () => {
  const admin = (await t.db('users').where({ username: 'admin' }).first('id')).id;
  for (const [deed, form] of [
    ['role', { role: 'user' }],
    ['disable', {}],
  ] as const) {
    expect((await t.admin.post(`/people/${admin}/${deed}`, form)).status).toBe(422);
  }
  expect(await t.db('users').where({ id: admin }).first()).toMatchObject({
    role: 'admin',
    disabled_at: null,
  });
});
