import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as operations from '../../../src/store/operations.ts';
import * as projects from '../../../src/store/projects.ts';
import { type Town, town } from '../people.ts';
import { releaseOf, type Shop, shopIn } from '../shop.ts';
import { type Program, program } from './programs.ts';

let t: Town;
let shop: Shop;
let ours: Program;

beforeAll(async () => {
  t = await town({ CEDAR_SCALING_WAIT_SECONDS: '1', CEDAR_SCALING_PER_MINUTE: '1000' });
  shop = await shopIn(t);
  await releaseOf(t, shop.test);
  await t.grant({ config: false, deploy: false });
  ours = await program(t, { of: 'member', scopes: ['expand'] });
});
afterAll(() => t.end());

beforeEach(async () => {
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null });
  await t
    .db('operations')
    .whereIn('state', ['queued', 'running'])
    .update({ state: 'failed', finished_at: 1 });
});

const expansion = { project: 'test_shop', host: '192.0.2.9', reason: 'load' };
const count = async (kind: string) =>
  Number((await t.db('operations').where({ kind }).count({ n: '*' }).first())?.n);

/** A town of its own with so many hosts more, on which the share is judged. */
async function finish(id: string, hostId: string): Promise<void> {
  await t.db('operations').where({ id }).update({ state: 'succeeded', finished_at: 1 });
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null });
  await t.db('placements').where({ project_id: shop.test.id, host_id: hostId }).delete();
}

test('the form of the original, and JSON, launch the same operation and answer in its words', async () => {
  const form = await ours
    .call('POST', '/expansion')
    .type('form')
    .send({ ...expansion, hostname: '', wait: 'false' });
  expect(form.status, JSON.stringify(form.body)).toBe(202);
  expect(form.body).toMatchObject({
    ...{ status: 'waiting', operation: 'expansion', host: '192.0.2.9', project: 'test_shop', output: '' },
    ...{ taskid: expect.any(String), tag: expect.stringMatching(/^online-/) },
  });
  expect(form.headers.location).toBe(`/api/v1/operations/${form.body.taskid}`);
  const json = await ours.post('/expansion', { ...expansion, wait: false });
  expect(json.body.taskid).toBe(form.body.taskid);
  const operation = await operations.byId(t.db, form.body.taskid);
  expect(operation).toMatchObject({ kind: 'expansion', reason: 'load', environment: 'test' });
  expect(operation?.requestedName).toMatch(/^member \(t-/);
  const audit = await t.db('audit').where({ action: 'operation.expansion' }).first();
  expect(audit).toMatchObject({ via: 'api', actor: expect.stringMatching(/^token:member\/t-/) });
  const watched = await ours.get(form.headers.location!);
  expect([watched.status, watched.body.state]).toEqual([200, 'queued']);
});

test('it waits for the end within the bound, and then says where to look', async () => {
  const begun = Date.now();
  const answer = await ours.post('/expansion', expansion);
  expect(answer.status).toBe(202);
  expect(Date.now() - begun).toBeGreaterThanOrEqual(1000);
});

test('it tells the end, good or bad', async () => {
  const waiting = ours.post('/expansion', { ...expansion, host: '192.0.2.10' }).then((answer) => answer);
  await expect
    .poll(() => t.db('operations').where({ state: 'queued', kind: 'expansion' }).first())
    .toBeTruthy();
  await t.db('operations').where({ state: 'queued' }).update({ state: 'succeeded', finished_at: 1 });
  expect(await waiting).toMatchObject({ status: 200, body: { status: 'ok' } });
});

describe('[S75] who may', () => {
  test.each(['/expansion', '/reduced'])('%s', async (path) => {
    const body = { project: 'test_shop', host: '192.0.2.1' };
    await request(t.app).post(path).send(body).expect(401);
    expect((await t.admin.agent.post(path).type('form').send(body)).status).toBe(401);
    const readOnly = await program(t, { of: 'member', scopes: ['read', 'deploy', 'config'] });
    expect((await readOnly.post(path, body)).body.code).toBe('token_scope');
    const foreign = await program(t, { of: 'outsider', scopes: ['expand'] });
    expect((await foreign.post(path, body)).status).toBe(404);
    const narrow = { groups: [], projects: [shop.online.id] };
    expect((await (await program(t, { scopes: ['expand'], reach: narrow })).post(path, body)).status).toBe(
      404,
    );
    expect((await ours.post(path, { ...body, project: 'online_shop' })).status).toBe(403);
    const far = await program(t, { scopes: ['expand'], addresses: ['192.0.2.0/24'] });
    expect((await far.post(path, body)).status).toBe(403);
    expect((await ours.get(path)).status).toBe(405);
    expect(await count(path === '/reduced' ? 'reduction' : 'none')).toBe(0);
  });

  test('a host of another project cannot be reduced [S80]', async () => {
    const answer = await ours.post('/reduced', { project: 'test_shop', host: '192.0.2.77' });
    expect([answer.status, answer.body.code]).toEqual([404, 'host_not_placed']);
  });
});

describe('hostile values', () => {
  const evil = [
    ';touch C',
    '$(touch C)',
    '`id`',
    '|x',
    '&&x',
    '\n touch C',
    '-oProxyCommand=touch C',
    '127.1',
    '[',
    'a@b',
  ];
  test.each(evil)('%j is no machine', async (host) => {
    const before = await count('expansion');
    const answer = await ours.post('/expansion', { ...expansion, host, wait: false });
    expect(answer.status, JSON.stringify(answer.body)).toBe(422);
    expect(await count('expansion')).toBe(before);
  });
  test.each([
    [{ hostname: 'a;b' }, 422],
    [{ host_key: 'nonsense' }, 422],
    [{ processes: 0 }, 422],
    [{ processes: 1e9 }, 422],
    [{ wait: 'perhaps' }, 422],
    [{ is_admin: true }, 400],
    [{ project: { $ne: 1 } }, 422],
  ])('%j is refused', async (wrong, status) => {
    expect((await ours.post('/expansion', { ...expansion, ...wrong })).status).toBe(status);
  });
});

describe('a key names a request [S77] [S78]', () => {
  const send = (body: object, key: string) =>
    ours
      .post('/expansion', { wait: false, ...body })
      .set('Idempotency-Key', key)
      .then((answer) => answer);

  test('five at once, and one later, are one operation; another body is refused', async () => {
    const before = await count('expansion');
    const body = { ...expansion, host: '192.0.2.20' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(body, 'k1')));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    const [id, ...others] = new Set(answers.map((answer) => answer.body.taskid));
    expect(others).toEqual([]);
    expect(await count('expansion')).toBe(before + 1);
    await t.db('operations').where({ id }).update({ state: 'failed', finished_at: 1 });
    expect((await send(body, 'k1')).body.taskid).toBe(id);
    const other = await send({ ...body, reason: 'another' }, 'k1');
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    expect(await count('expansion')).toBe(before + 1);
  });

  test('of another token it is another key, and it must be one', async () => {
    const theirs = await program(t, { scopes: ['expand'] });
    const answer = await theirs
      .post('/expansion', { ...expansion, host: '192.0.2.21', wait: false })
      .set('Idempotency-Key', 'k1');
    expect(answer.status).toBe(202);
    expect((await send(expansion, 'a b')).body.code).toBe('idempotency_key');
  });
});

describe('a project that is busy [S80]', () => {
  test('is told with its holder where nobody waits, and waited for where somebody does', async () => {
    const deployer = await program(t, { scopes: ['deploy'] });
    const busy = await deployer
      .post('/api/v1/projects/test_shop/operations', { kind: 'restart' })
      .expect(202);
    const answer = await ours.post('/reduced', { project: 'test_shop', host: 'web1', wait: false });
    expect([answer.status, answer.body.code]).toEqual([409, 'locked']);
    expect(answer.body.detail).toMatchObject({
      operation: busy.body.id,
      holder: expect.stringMatching(/^admin/),
    });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    const waiting = ours.post('/reduced', { project: 'test_shop', host: 'web1' }).then((one) => one);
    await t.db('operations').where({ id: busy.body.id }).update({ state: 'failed', finished_at: 1 });
    await t.db('locks').update({ operation_id: null, held_since: null });
    expect((await waiting).status).toBe(202);
    expect(await count('reduction')).toBe(1);
    await t.db('operations').where({ kind: 'reduction' }).delete();
  });
});

describe('floor, ceiling, share and pace [S79]', () => {
  test('the ceiling is kept', async () => {
    const { id, revision, settings } = (await projects.byId(t.db, shop.test.id))!;
    await projects.update(t.db, id, revision, {
      settings: { ...settings, scaling: { floor: 0, ceiling: 2 } },
    });
    const answer = await ours.post('/expansion', { ...expansion, host: '192.0.2.30' });
    expect([answer.status, answer.body.code]).toEqual([409, 'scaling_ceiling']);
  });

  test('of two hosts programs may take one within ten minutes; the same again is no other one', async () => {
    const first = await ours.post('/reduced', { project: 'test_shop', host: 'web2', wait: false });
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ status: 'waiting', project: 'test_shop', host: 'web2', log: '' });
    await finish(first.body.data.taskid, shop.hostIds[1]!);
    const again = await ours.post('/reduced', { project: 'test_shop', host: 'web2', wait: false });
    expect([again.status, again.body.data.taskid]).toEqual([200, first.body.data.taskid]);
    const next = await ours.post('/reduced', { project: 'test_shop', host: 'web1', wait: false });
    expect([next.status, next.body.code]).toEqual([429, 'reduced_enough']);
    expect(Number(next.headers['retry-after'])).toBeGreaterThan(500);
    expect(await count('reduction')).toBe(1);
    expect(await t.db('locks').where({ project_id: shop.test.id }).first()).toMatchObject({
      operation_id: null,
    });
    await t
      .db('operations')
      .where({ kind: 'reduction' })
      .update({ created_at: Date.now() - 601_000 });
    expect((await ours.post('/reduced', { project: 'test_shop', host: 'web1', wait: false })).status).toBe(
      202,
    );
  });

  test('the floor is kept', async () => {
    const { id, revision, settings } = (await projects.byId(t.db, shop.test.id))!;
    await projects.update(t.db, id, revision, {
      settings: { ...settings, scaling: { floor: 1, ceiling: 9 } },
    });
    await t.db('operations').where({ kind: 'reduction' }).delete();
    const answer = await ours.post('/reduced', { project: 'test_shop', host: 'web1', wait: false });
    expect([answer.status, answer.body.code]).toEqual([409, 'scaling_floor']);
  });

  test('a storm is slowed down, per token', async () => {
    const other = await town({ CEDAR_SCALING_PER_MINUTE: '3' });
    const there = await shopIn(other);
    await releaseOf(other, there.test);
    const storm = await program(other, { scopes: ['expand'] });
    const answers = [];
    for (let index = 0; index < 5; index++)
      answers.push(
        (await storm.post('/expansion', { ...expansion, host: `192.0.2.${40 + index}`, wait: false })).status,
      );
    expect(answers).toEqual([202, 409, 409, 429, 429]);
    const calm = await program(other, { scopes: ['expand'] });
    expect((await calm.post('/expansion', { ...expansion, wait: false })).status).toBe(409);
    await other.end();
  });
});
