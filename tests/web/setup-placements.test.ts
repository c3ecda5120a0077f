import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../../src/model/host.ts';
import type { Operation } from '../../src/model/operation.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import { join, leave } from '../../src/store/joining.ts';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
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

/** The operation that a form started, which a worker would run now. */
async function startedBy(answer: { headers: Record<string, string>; status: number }): Promise<Operation> {
  expect(answer.status).toBe(303);
  expect(answer.headers.location).toMatch(/^\/operations\//);
  return (await operations.byId(t.db, answer.headers.location!.split('/').at(-1)!))!;
}

/** What its last step does, and its end: the steps on machines are tried in tests/deploy. */
async function finishes(operation: Operation): Promise<void> {
  const [host] = operation.snapshot.hosts;
  const { arrival } = operation.snapshot.params;
  if (arrival) await join(t.db, operation, host!, arrival);
  else await leave(t.db, operation, host!);
  await t.db('operations').where({ id: operation.id }).update({ state: 'succeeded' });
  await t.db('locks').where({ project_id: operation.projectId }).update({ operation_id: null });
}

async function place(key: string, processes: string): Promise<Operation> {
  const operation = await startedBy(
    await t.admin.post(`/projects/${key}/hosts`, { hostId: one.id, processes }),
  );
  await finishes(operation);
  return operation;
}

test('a project is placed by an operation, its machine looked at, and what it found there agreed about', async () => {
  const key = ulid();
  const form = { hostId: one.id, processes: '2', idempotencyKey: key };
  const operation = await startedBy(await t.admin.post('/projects/test_shop/hosts', form));
  expect(operation).toMatchObject({ kind: 'add-host', requestedName: 'admin' });
  const project = await projects.byKey(t.db, 'test_shop');
  expect(await placements.ofProject(t.db, project!.id)).toEqual([]);
  expect((await startedBy(await t.admin.post('/projects/test_shop/hosts', form))).id).toBe(operation.id);
  await finishes(operation);
  const page = await t.admin.get(`/operations/${operation.id}`).expect(200);
  expect(page.text).toContain('one is a host of test_shop.');
  const { id } = await placementOf('test_shop');
  const placed = await t.admin.post(`/projects/test_shop/hosts/${id}/adoption`, {});
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
  await place('test_till', '1');
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
  expect(busy.text).toContain('holds this project');
  await t.db('locks').where({ project_id: placement.projectId }).update({ operation_id: null });
  const operation = await startedBy(await t.admin.post(path, { reason: 'too old' }));
  expect(operation).toMatchObject({ kind: 'remove-host', reason: 'too old', snapshot: { params: {} } });
  expect(await placements.ofProject(t.db, placement.projectId)).toHaveLength(1);
  await finishes(operation);
  expect(await placements.ofProject(t.db, placement.projectId)).toEqual([]);
  await place('test_till', '1');
  const { id } = await placementOf('test_till');
  const gone = await startedBy(await t.admin.post(`/projects/test_till/hosts/${id}/delete`, { gone: 'on' }));
  expect(gone.snapshot.params).toEqual({ gone: true });
  await finishes(gone);
});

test('a host whose key nobody accepted, and one without anything to deploy, are told at their fields', async () => {
  const two = await hosts.add(t.db, { name: 'two', address: '10.3.0.2', settings: {}, notes: null });
  const unknown = await t.admin.post('/projects/test_till/hosts', { hostId: two.id, processes: '1' });
  expect(unknown.status).toBe(422);
  expect(unknown.text).toContain('Nobody accepted the key of this host yet');
  const form = { hostId: one.id, processes: '1', deploy: 'on' };
  const early = await t.admin.post('/projects/test_till/hosts', form);
  expect(early.status).toBe(422);
  expect(early.text).toContain('There is no good release');
  expect(early.text).toMatch(/name="deploy"[^>]*checked/);
});
