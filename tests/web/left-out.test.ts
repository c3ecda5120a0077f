import { afterAll, beforeAll, expect, test } from 'vitest';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import { type Town, town } from './people.ts';
import { leaves, placedIn } from './traffic-places.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

const out = { desired: 'in', observed: 'unknown' } as const;
const red = 'Out of traffic: <a';

test('what is left out of traffic is red on every page, until it is in', async () => {
  const placed = await placedIn(t, 'left');
  const id = await leaves(t, placed, 'restart', out);
  const pages = ['/', '/home/now', '/projects/test_left', '/projects/test_left/now', `/operations/${id}`];
  for (const path of [...pages, `/hosts/${placed.hostId}`]) {
    const page = await t.admin.get(path).expect(200);
    expect(page.text, path).toContain(red);
    expect(page.text, path).toContain(`/operations/${id}`);
    expect(page.text, path).toContain('m-left, process 1');
    expect(page.text, path).toContain('/projects/test_left/put-back');
  }
  expect((await t.admin.get('/projects/test_left')).text).toContain('Out of traffic: put it back');
  await leaves(t, placed, 'restart', { desired: 'in', observed: 'in' }, 'succeeded');
  for (const path of pages) expect((await t.admin.get(path)).text, path).not.toContain(red);
});

test('a stop that succeeded is meant; one that failed, and a fast rollback after it, are not', async () => {
  const placed = await placedIn(t, 'stopped');
  const gone = { desired: 'out', observed: 'out' } as const;
  await leaves(t, placed, 'stop', gone, 'succeeded');
  const page = await t.admin.get('/projects/test_stopped');
  expect(page.text).not.toContain(red);
  expect(page.text).toContain('Out of traffic, as it was stopped');
  await leaves(t, placed, 'stop', gone, 'failed');
  expect((await t.admin.get('/projects/test_stopped')).text).toContain(red);
});

test('while an operation works on it, it is told without alarm', async () => {
  const placed = await placedIn(t, 'busy');
  await leaves(t, placed, 'restart', { desired: 'out', observed: 'out' }, 'live');
  const page = await t.admin.get('/projects/test_busy');
  expect(page.text).not.toContain(red);
  expect(page.text).toContain('Out of traffic while an operation works on it');
});

test('a process that is placed there no more is not told', async () => {
  const placed = await placedIn(t, 'moved');
  await leaves(t, placed, 'restart', out);
  expect((await t.admin.get('/')).text).toContain('m-moved');
  const [placement] = await placements.ofProject(t.db, placed.project.id);
  await placements.remove(t.db, placement!.id);
  expect((await t.admin.get('/')).text).not.toContain('m-moved');
});

test('who may deploy puts it back; others see it, or not even that', async () => {
  const placed = await placedIn(t, 'mine');
  await leaves(t, placed, 'restart', out);
  await t.grant({ config: true, deploy: false });
  expect((await t.member.get('/projects/test_mine')).text).toContain(red);
  expect((await t.outsider.get('/')).text).not.toContain('m-mine');
  await t.grant({ config: false, deploy: true });
  const page = (await t.member.get('/projects/test_mine')).text;
  const [, idempotencyKey = ''] = /put-back[\s\S]*?name="idempotencyKey" value="(\w+)"/.exec(page) ?? [];
  const sent = { hosts: placed.hostId, idempotencyKey };
  const started = await t.member.post('/projects/test_mine/put-back', sent, '/projects/test_mine');
  expect(started.status).toBe(303);
  const [, id = ''] = /^\/operations\/(\w+)$/.exec(started.headers.location ?? '') ?? [];
  expect(await operations.byId(t.db, id)).toMatchObject({ kind: 'put-back', state: 'queued' });
  const twice = await t.member.post('/projects/test_mine/put-back', sent, '/projects/test_mine');
  expect(twice.headers.location).toBe(started.headers.location);
  const foreign = { hosts: placed.hostId, idempotencyKey: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
  const busy = await t.member.post('/projects/test_mine/put-back', foreign, '/projects/test_mine');
  expect(busy.headers.location).toBe('/projects/test_mine');
  expect((await t.member.get('/projects/test_mine')).text).toContain('Not started:');
});
