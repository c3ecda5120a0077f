import { afterAll, beforeAll, expect, test } from 'vitest';
import * as grants from '../../src/store/grants.ts';
import { Browser, password, type Town, town } from './people.ts';

let t: Town;
let member: string;
let admin: string;
beforeAll(async () => {
  t = await town();
  member = (await t.db('users').where({ username: 'member' }).first('id')).id;
  admin = (await t.db('users').where({ username: 'admin' }).first('id')).id;
});
afterAll(() => t.end());

const newcomer = { username: 'li.na', displayName: 'Li Na', role: 'user', password, again: password };

test('an admin adds somebody, who can sign in', async () => {
  const answer = await t.admin.post('/people', newcomer, '/people');
  expect(answer.headers.location).toMatch(/^\/people\/[0-9A-Z]{26}$/);
  const browser = await new Browser(t.app).signIn('li.na');
  expect((await browser.get('/groups')).text).toContain('You are in no group');
  const row = await t.db('audit').where({ action: 'user.add' }).first();
  expect(row.object).toBe('user:li.na');
  expect(JSON.stringify(row)).not.toContain('argon2');
});

test.each([
  [{ username: 'Admin' }, 'Small letters, digits'],
  [{ username: 'ａdmin' }, 'Small letters, digits'],
  [{ username: 'member' }, 'taken already'],
  [{ password: 'short', again: 'short' }, 'At least 12 characters'],
  [{ password: 'aaaaaaaaaaaaaaaa', again: 'aaaaaaaaaaaaaaaa' }, 'too easy to guess'],
  [{ again: 'something different' }, 'not the same password'],
  [{ role: 'god' }, 'Choose one of the values'],
])('refuses %j at its field and keeps what was typed but the password', async (wrong, message) => {
  const before = await t.db('users');
  const form = { ...newcomer, username: 'somebody', displayName: 'Typed Name', ...wrong };
  const answer = await t.admin.post('/people', form, '/people');
  expect(answer.status).toBe(422);
  expect(answer.text).toContain(message);
  expect(answer.text).toContain('Typed Name');
  expect(answer.text).not.toContain(password);
  expect(await t.db('users')).toHaveLength(before.length);
});

test('grants are given and taken, and count at once', async () => {
  const { groupId } = t;
  const form = { member: groupId, config: groupId };
  await t.admin.post(`/people/${member}/grants`, form, '/groups');
  expect(await grants.ofUser(t.db, member)).toEqual([{ groupId, config: true, deploy: false }]);
  await t.admin.post(
    `/people/${member}/grants`,
    { deploy: [groupId, '01ARZ3NDEKTSV4RRFFQ69G5FAV'] },
    '/groups',
  );
  expect(await grants.ofUser(t.db, member)).toEqual([{ groupId, config: false, deploy: true }]);
  await t.admin.post(`/people/${member}/grants`, {}, '/groups');
  expect((await t.member.get(`/groups/${groupId}`)).status).toBe(404);
  const rows = await t.db('audit').where({ action: 'grant.change' });
  expect(rows).toHaveLength(3);
});

test('[S12] [S14] a new password and a new role end the sessions of that person', async () => {
  const browser = await new Browser(t.app).signIn('outsider');
  const { id } = await t.db('users').where({ username: 'outsider' }).first('id');
  const fresh = { password: 'another good phrase', again: 'another good phrase' };
  await t.admin.post(`/people/${id}/password`, fresh, '/groups');
  expect((await browser.get('/groups')).status).toBe(303);
  await browser.signIn('outsider', 'another good phrase');
  await t.admin.post(`/people/${id}/role`, { role: 'admin' }, '/groups');
  expect((await browser.get('/groups')).status).toBe(303);
});

test('[S14] a disabled person is out at once, and comes back when enabled', async () => {
  const browser = await new Browser(t.app).signIn('member');
  await t.admin.post(`/people/${member}/disable`, {}, '/groups');
  expect((await browser.get('/groups')).status).toBe(303);
  expect((await t.admin.get(`/people/${member}`)).text).toContain('Let them in again');
  await t.admin.post(`/people/${member}/enable`, {}, '/groups');
  await browser.signIn('member');
});

test('nobody takes the console from themselves', async () => {
  for (const [path, form] of [
    ['disable', {}],
    ['role', { role: 'user' }],
  ] as const) {
    const answer = await t.admin.post(`/people/${admin}/${path}`, { ...form }, '/groups');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('ask another administrator');
  }
  expect(await t.db('users').where({ id: admin }).first()).toMatchObject({
    role: 'admin',
    disabled_at: null,
  });
});
