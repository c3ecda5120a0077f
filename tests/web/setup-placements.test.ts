import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../../src/model/host.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as locks from '../../src/store/locks.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { type Town, town } from './people.ts';
import { answering, placeOf, projectFields } from './setup-forms.ts';

let t: Town;
let one: Host;
beforeAll(async () => {
  t = await town();
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  one = await hosts.add(t.db, { name: 'one', address: '10.3.0.1', settings: {}, notes: null });
  await hosts.pin(t.db, one.id, { key: 'KEY', fingerprint: `SHA256:${'a'.repeat(43)}`, by: 'amy' });
  await addProject('shop', '4000');
  await addProject('till', '4002');
});
afterAll(() => t.end());

async function addProject(name: string, port: string): Promise<void> {
  const answer = await t.admin.post('/projects', projectFields({ groupId: t.groupId, name, port }));
  expect(answer.status).toBe(303);
}

async function placementOf(key: string) {
  const project = await projects.byKey(t.db, key);
  return (await placements.ofProject(t.db, project!.id))[0]!;
}

test('a project is placed, its machine looked at, and what it found there agreed about', async () => {
  const placed = await t.admin.post('/projects/test_shop/hosts', { hostId: one.id, processes: '2' });
  const { id } = await placementOf('test_shop');
  expect(placeOf(placed)).toMatch(new RegExp(`^/projects/test_shop/hosts/${id}/adoption/`));
  expect((await t.admin.get(placeOf(placed))).text).toContain('Looking at one.');
  const untracked = [
    { path: 'uploads', kind: 'folder' },
    { path: 'local.json', kind: 'file' },
  ];
  const asked = await answering(t.db, { present: true, untracked, programs: ['test_shop.conf'] });
  expect(asked).toMatchObject({ kind: 'adoption', args: { placementId: id } });
  expect((await t.admin.get(placeOf(placed))).text).toContain('one runs this project already.');
  const foreign = await t.admin.post(placeOf(placed), { keep: ['uploads', 'other'] });
  expect(foreign.status).toBe(422);
  for (const path of ['../etc', '/etc/passwd', 'a;b'])
    expect((await t.admin.post(placeOf(placed), { keep: path })).status).toBe(422);
  expect((await placementOf('test_shop')).adoption).toBeNull();
  await t.admin.post(placeOf(placed), { keep: 'uploads' });
  expect((await placementOf('test_shop')).adoption).toMatchObject({
    agreedBy: 'admin',
    keep: [{ path: 'uploads', kind: 'folder' }],
  });
});

test('ports that another project has on the machine are refused at the field, with its name', async () => {
  await t.admin.post('/projects/test_till/hosts', { hostId: one.id, processes: '1' });
  const { id } = await placementOf('test_shop');
  const grown = await t.admin.post(`/projects/test_shop/hosts/${id}`, { processes: '3' });
  expect(grown.status).toBe(422);
  expect(grown.text).toContain('On one the ports 4002 belong to test_till.');
  expect((await placementOf('test_shop')).processes).toBe(2);
  await addProject('clash', '4001');
  const placed = await t.admin.post('/projects/test_clash/hosts', { hostId: one.id, processes: '1' });
  expect(placed.status).toBe(422);
  expect(placed.text).toContain('belong to test_shop');
  for (const processes of ['0', '101', '100000', '2;id', '-1'])
    expect((await t.admin.post('/projects/test_clash/hosts', { hostId: one.id, processes })).status).toBe(
      422,
    );
  expect(await placements.ofHost(t.db, one.id)).toHaveLength(2);
});

test('the host’s page shows all its projects with their ports', async () => {
  const page = await t.admin.get(`/hosts/${one.id}`).expect(200);
  expect(page.text).toContain('4000\u20134001');
  expect(page.text).toContain('test_till');
  expect((await t.admin.post(`/hosts/${one.id}/delete`, {})).status).toBe(409);
});

test('a placement of another project is not found below this one', async () => {
  const { id } = await placementOf('test_till');
  await t.admin.get(`/projects/test_shop/hosts/${id}`).expect(404);
  expect((await t.admin.post(`/projects/test_shop/hosts/${id}/delete`, {})).status).toBe(404);
});

test('while an operation runs the project stays where it is', async () => {
  const placement = await placementOf('test_till');
  await locks.hold(t.db, placement.projectId, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
  const path = `/projects/test_till/hosts/${placement.id}/delete`;
  const busy = await t.admin.post(path, {});
  expect(busy.status).toBe(409);
  expect(busy.text).toContain('An operation of this project is running.');
  await t.db('locks').where({ project_id: placement.projectId }).update({ operation_id: null });
  expect((await t.admin.post(path, {})).status).toBe(303);
  expect(await placements.ofProject(t.db, placement.projectId)).toEqual([]);
});
