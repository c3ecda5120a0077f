import { afterAll, beforeAll, expect, test } from 'vitest';
import * as projects from '../../src/store/projects.ts';
import { allEndpoints } from '../../src/web/api/routes.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { program } from '../web/api/programs.ts';
import { type Town, town } from '../web/people.ts';
import { projectFields, projectSettings } from '../web/setup-forms.ts';
import { shopIn } from '../web/shop.ts';

let t: Town;
beforeAll(async () => {
  t = await town({ CEDAR_API_PER_MINUTE: '100000' });
  await shopIn(t);
  await t.grant({ config: true, deploy: false });
});
afterAll(() => t.end());

const kept = [
  'projects',
  'project_files',
  'file_texts',
  'placements',
  'inbound_hooks',
  'operations',
  'schedules',
];
const state = async () => JSON.stringify(await Promise.all(kept.map((table) => t.db(table))));
const configures = ({ guard }: { guard: unknown }) =>
  (guard as { permission?: string }).permission === 'project.configure';
const there = async (path: string) => {
  const [placement] = await t.db('placements').pluck('id');
  return path.replace(':project', 'online_shop').replace(':placement', placement).replace(/:\w+/g, placement);
};

test('[S28] every page and every endpoint that configures refuses an online project to who may not deploy it', async () => {
  const before = await state();
  const pages = allRoutes.filter((route) => configures(route) && route.path.startsWith('/projects/:project'));
  expect(pages.length).toBeGreaterThan(30);
  for (const { method, path } of pages) {
    const at = await there(path);
    const answer = method === 'GET' ? await t.member.get(at) : await t.member.post(at, {});
    expect(answer.status, `${method} ${path}`).toBe(403);
  }
  const by = await program(t, { of: 'member', scopes: ['config'] });
  const endpoints = allEndpoints.filter(configures);
  expect(endpoints.map(({ path }) => path)).toContain('/api/v1/projects/:project/clone');
  for (const { method, path } of endpoints) {
    const answer = await by
      .call(method, await there(path))
      .set('If-Match', '*')
      .send({ command: 'touch C' });
    expect(answer.status, `${method} ${path}`).toBe(403);
  }
  expect(await state()).toBe(before);
  const rows = await t.db('audit').where({ actor: 'member', result: 'refused' });
  expect(rows.length).toBeGreaterThanOrEqual(pages.filter(({ method }) => method === 'POST').length);
});

test('[S28] nor does a new project, a copy or a move bring a command into production', async () => {
  const before = await state();
  const form = projectFields({ groupId: t.groupId, name: 'sly', environment: 'online', command: 'touch C' });
  expect((await t.member.post('/projects', form, '/projects/new')).status).toBe(422);
  const copy = { environment: 'online', name: 'sly', groupId: t.groupId };
  expect((await t.member.post('/projects/test_shop/clone', copy)).status).toBe(422);
  const by = await program(t, { of: 'member', scopes: ['config'] });
  expect((await by.post('/api/v1/projects/test_shop/clone', copy)).status).toBe(422);
  const project = { ...copy, type: 'nodejs', gitUrl: 'https://git.example.com/x.git', port: 4300 };
  expect((await by.post('/api/v1/projects', project)).status).toBe(422);
  const moved = { ...projectSettings({ groupId: t.groupId }), revision: '1', environment: 'online' };
  expect((await t.member.post('/projects/test_shop/settings', moved)).status).toBe(400);
  for (const path of ['/environments/online/variables', '/environments/test'])
    expect((await t.member.post(path, { production: '', variables: 'A=1' })).status, path).toBe(403);
  expect(await state()).toBe(before);
});

test('[S28] with both rights a change of a command has a new revision, and the audit row holds both texts', async () => {
  await t.grant({ config: true, deploy: true });
  const first = (await projects.byKey(t.db, 'online_shop'))!;
  const form = projectSettings({ groupId: t.groupId, command: 'make all', port: '5000' });
  await t.member.post('/projects/online_shop/settings', { ...form, revision: String(first.revision) });
  const second = (await projects.byKey(t.db, 'online_shop'))!;
  const by = await program(t, { of: 'member', scopes: ['config'] });
  const call = by.call('PATCH', '/api/v1/projects/online_shop').set('If-Match', `"${second.revision}"`);
  expect((await call.send({ command: 'make more' })).status).toBe(200);
  const rows = await t
    .db('audit')
    .where({ action: 'project.change', object: 'project:online_shop' })
    .orderBy('id');
  const texts = rows.map((row) => [
    row.via,
    JSON.parse(row.before).build.command,
    JSON.parse(row.after).build.command,
  ]);
  expect(texts).toEqual([
    ['web', '', 'make all'],
    ['api', 'make all', 'make more'],
  ]);
  const third = (await projects.byKey(t.db, 'online_shop'))!;
  expect([first.revision, second.revision, third.revision]).toEqual([1, 2, 3]);
  const late = await t.member.post('/projects/online_shop/settings', { ...form, revision: '1' });
  expect(late.status).toBe(409);
  await t.grant({ config: true, deploy: false });
});
