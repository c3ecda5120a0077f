import { afterAll, beforeAll, expect, test } from 'vitest';
import * as groups from '../../src/store/groups.ts';
import { type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

test('an admin adds a group and sees it in the list', async () => {
  const answer = await t.admin.post('/groups', { name: 'search', notes: '' }, '/groups');
  expect(answer.status).toBe(303);
  const list = await t.admin.get('/groups').expect(200);
  expect(list.text).toContain('Group search added.');
  expect(list.text).toContain('search</a>');
  expect(await t.db('audit').where({ action: 'group.add', actor: 'admin' })).toHaveLength(1);
});

test('a name taken already comes back at the field, with what was typed', async () => {
  const answer = await t.admin.post('/groups', { name: 'shop', notes: 'typed before' }, '/groups');
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('This name is taken already.');
  expect(answer.text).toContain('typed before');
});

test('a member sees the group, may not change it', async () => {
  await t.member.get(`/groups/${t.groupId}`).expect(200);
  const answer = await t.member.post(`/groups/${t.groupId}`, { name: 'mine', notes: '' }, '/groups');
  expect(answer.status).toBe(403);
  expect((await groups.byId(t.db, t.groupId))?.name).toBe('shop');
});

test('an outsider finds no such group', async () => {
  await t.outsider.get(`/groups/${t.groupId}`).expect(404);
  expect((await t.outsider.get('/groups')).text).not.toContain('shop</a>');
});
