import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAddressRange, isAllowedFrom, makeToken, prefixOf, sameHash } from '../../../src/auth/token.ts';
import { type Town, town } from '../people.ts';
import { type Shop, shopIn } from '../shop.ts';
import { program } from './programs.ts';

let t: Town;
let shop: Shop;
const TOKEN = /cdr_[0-9a-z]{12}_[A-Za-z0-9_-]{43}/;
const fields = { name: 'ci', scopes: ['read'], everywhere: 'on', addresses: '', days: '90' };

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
});
afterAll(() => t.end());

test('a token is shown once, kept as a hash, and works [S76]', async () => {
  const made = await t.member.post('/profile/tokens', fields, '/profile/tokens');
  expect(made.status).toBe(200);
  const text = TOKEN.exec(made.text)![0];
  const page = await t.member.get('/profile/tokens');
  expect(page.text).toContain(prefixOf(text));
  expect(page.text).not.toContain(text);
  const stored = JSON.stringify([await t.db('api_tokens'), await t.db('audit')]);
  expect(stored).toContain(prefixOf(text));
  expect(stored).not.toContain(text.slice(17));
  const [row] = await t.db('api_tokens').where({ prefix: prefixOf(text) });
  expect(row.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(Math.round((Number(row.expires_at) - Date.now()) / 86_400_000)).toBe(90);
  const answer = await request(t.app).get('/api/v1/projects').set('Authorization', `Bearer ${text}`);
  expect(answer.status).toBe(200);
  expect(answer.body.items.map((one: { key: string }) => one.key)).toEqual(['online_shop', 'test_shop']);
  expect(await t.db('audit').where({ action: 'token.make' }).first()).toMatchObject({ actor: 'member' });
});

test('its last use is kept, written once a minute at most', async () => {
  const one = await program(t);
  const used = async () => Number((await t.db('api_tokens').where({ id: one.tokenId }).first()).used_at);
  await one.get('/api/v1/projects').expect(200);
  const first = await used();
  expect(Date.now() - first).toBeLessThan(10_000);
  await one.get('/api/v1/projects').expect(200);
  expect(await used()).toBe(first);
  await t
    .db('api_tokens')
    .where({ id: one.tokenId })
    .update({ used_at: first - 61_000 });
  await one.get('/api/v1/projects').expect(200);
  expect(await used()).toBeGreaterThanOrEqual(first);
});

test.each([
  [{ ...fields, name: '' }, 'name'],
  [{ ...fields, scopes: [] }, 'scopes'],
  [{ ...fields, days: '366' }, 'days'],
  [{ ...fields, addresses: '10.0.0.0/8\n10.0.0.0/33' }, 'addresses'],
  [{ ...fields, everywhere: [] }, 'everywhere'],
])('a wrong wish is refused at its field: %#', async (wish, field) => {
  const before = await t.db('api_tokens').count({ n: '*' }).first();
  const answer = await t.member.post('/profile/tokens', wish, '/profile/tokens');
  expect(answer.status).toBe(422);
  expect(answer.text).toMatch(
    new RegExp(`name="${field}"[\\s\\S]*?role="alert"|is-invalid[^>]*name="${field}"`),
  );
  expect(await t.db('api_tokens').count({ n: '*' }).first()).toEqual(before);
});

test('a name is used once; a revoked token gives it back and is refused at once', async () => {
  const wish = { ...fields, name: 'again' };
  const made = await t.member.post('/profile/tokens', wish, '/profile/tokens');
  const text = TOKEN.exec(made.text)![0];
  expect((await t.member.post('/profile/tokens', wish, '/profile/tokens')).status).toBe(422);
  const { id } = await t
    .db('api_tokens')
    .where({ prefix: prefixOf(text) })
    .first('id');
  expect((await t.outsider.post(`/profile/tokens/${id}/revoke`)).status).toBe(404);
  expect((await t.admin.post(`/profile/tokens/${id}/revoke`)).status).toBe(303);
  const answer = await request(t.app).get('/api/v1/projects').set('Authorization', `Bearer ${text}`);
  expect(answer.status).toBe(401);
  expect(answer.body.code).toBe('token_revoked');
  expect((await t.member.post('/profile/tokens', wish, '/profile/tokens')).status).toBe(200);
});

test('nothing, a cookie, a wrong, an old token and one from elsewhere are refused [S75]', async () => {
  await request(t.app)
    .get('/api/v1/projects')
    .expect(401)
    .expect('WWW-Authenticate', /Bearer/);
  expect((await t.admin.agent.get('/api/v1/projects')).status).toBe(401);
  const good = await program(t);
  const wrong = `${good.text.slice(0, -1)}${good.text.endsWith('A') ? 'B' : 'A'}`;
  for (const text of [wrong, makeToken().text, 'cdr_x', ''])
    expect((await request(t.app).get('/api/v1/projects').set('Authorization', `Bearer ${text}`)).status).toBe(
      401,
    );
  const old = await program(t, { expiresAt: Date.now() - 1 });
  expect((await old.get('/api/v1/projects')).body.code).toBe('token_expired');
  const far = await program(t, { addresses: ['192.0.2.0/24'] });
  expect((await far.get('/api/v1/projects')).status).toBe(403);
  const near = await program(t, { addresses: ['192.0.2.0/24', '127.0.0.0/8'] });
  await near.get('/api/v1/projects').expect(200);
  expect(await t.db('audit').where({ reason: 'token_address' }).first()).toMatchObject({ result: 'refused' });
});

test('a token may what its owner may at that moment, and no more', async () => {
  const mine = await program(t, { of: 'member' });
  const path = `/api/v1/projects/${shop.test.key}`;
  await mine.get(path).expect(200);
  const theirs = await program(t, { of: 'outsider' });
  await theirs.get(path).expect(404);
  expect((await theirs.get('/api/v1/projects')).body.items).toEqual([]);
  const one = await program(t, { of: 'member', reach: { groups: [], projects: [shop.test.id] } });
  await one.get(path).expect(200);
  await one.get(`/api/v1/projects/${shop.online.key}`).expect(404);
  expect((await one.get('/api/v1/projects')).body.items).toHaveLength(1);
  await t.db('users').where({ username: 'member' }).update({ disabled_at: Date.now() });
  expect((await mine.get(path)).body.code).toBe('token_owner');
  await t.db('users').where({ username: 'member' }).update({ disabled_at: null });
});

test('ranges are read as they should be', () => {
  for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])
    expect(isAddressRange(text), text).toBe(true);
  for (const text of ['10.0.0', '10.0.0.0/33', '::/129', 'a', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%eth0'])
    expect(isAddressRange(text), text).toBe(false);
  expect(isAllowedFrom(['10.0.0.0/8'], '::ffff:10.1.2.3')).toBe(true);
  expect(isAllowedFrom(['10.0.0.0/8'], '11.1.2.3')).toBe(false);
  expect(isAllowedFrom(['10.0.0.0/8'], '')).toBe(false);
  expect(sameHash('a', 'ab')).toBe(false);
});
