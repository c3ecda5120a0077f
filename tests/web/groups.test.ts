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
  await t.admin.get('/home/now').set('X-Poll', '1').expect(200);
  const list = await t.admin.get('/groups').expect(200);
  expect(list.text).toContain('Group search added.');
  expect(list.text).toContain('search</a>');
  expect((await t.admin.get('/groups')).text).not.toContain('Group search added.');
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

test('a group is renamed, and deleted only while it owns no project', async () => {
  await t.admin.post('/groups', { name: 'old', notes: '' }, '/groups');
  const { id } = await t.db('project_groups').where({ name: 'old' }).first('id');
  await t.admin.post(`/groups/${id}`, { name: 'new', notes: 'Renamed' }, '/groups');
  expect(await groups.byId(t.db, id)).toMatchObject({ name: 'new', notes: 'Renamed' });
  await t.db('environments').insert({ name: 'test', position: 0, created_at: 1 });
  const project = {
    id: 'p',
    environment: 'test',
    name: 'a',
    project_key: 'test_a',
    group_id: id,
    type: 'nodejs',
  };
  const rest = { git_url: 'ssh://git@git.example.org/a.git', branch: 'main', created_at: 1, updated_at: 1 };
  await t.db('projects').insert({ ...project, ...rest });
  const refused = await t.admin.post(`/groups/${id}/delete`, {}, '/groups');
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('still owns projects');
  await t.db('projects').where({ id: 'p' }).delete();
  expect((await t.admin.post(`/groups/${id}/delete`, {}, '/groups')).status).toBe(303);
  expect(await groups.byId(t.db, id)).toBeNull();
  expect(await t.db('audit').where({ object: `group:${id}`, result: 'ok' })).toHaveLength(3);
});
