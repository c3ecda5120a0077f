import { createHmac } from 'node:crypto';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Project } from '../../src/model/project.ts';
import { branchFits } from '../../src/model/push.ts';
import * as deliveries from '../../src/store/deliveries.ts';
import * as hooks from '../../src/store/inbound-hooks.ts';
import * as operations from '../../src/store/operations.ts';
import { type ForgeCall, type ForgeName, forgeCall, forgeNames } from '../lab/forges.ts';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;
const commit = 'c'.repeat(40);
let t: Town;
let shop: Shop;

beforeAll(async () => {
  t = await town({ CEDAR_TRUST_PROXY: '127.0.0.1, ::1' });
  shop = await shopIn(t);
  for (const project of [shop.test, shop.online]) await hooks.renew(t.db, project.id, t.vault.seal(secret));
});
afterAll(() => t.end());
beforeEach(async () => {
  await t.db('locks').delete();
  await t.db('inbound_deliveries').delete();
  await t.db('operations').delete();
  await t.db('inbound_hooks').update({ pending: null, refused: 0 });
  for (const project of [shop.test, shop.online]) await rules(project, {});
});

const rules = (project: Project, to: Partial<Parameters<typeof hooks.change>[2]>) =>
  hooks.change(t.db, project.id, { enabled: true, production: false, branches: [], hostIds: null, ...to });

let caller = 1;
async function send({ headers, body }: ForgeCall, project = 'test_shop', from = `192.0.2.${caller++ % 250}`) {
  const call = request(t.app).post(`/webhooks/${project}`).set('X-Forwarded-For', from).set(headers);
  return call.send(body);
}

async function begun() {
  const rows = await t.db('operations').orderBy('id');
  return Promise.all(rows.map((row) => operations.byId(t.db, row.id)));
}

describe.each(forgeNames)('%s', (forge: ForgeName) => {
  test('a push starts one deploy of its branch, however often it is told', async () => {
    const call = forgeCall(forge, secret, { commit });
    const answer = await send(call);
    expect(answer.status, answer.text).toBe(202);
    expect(answer.body.outcome).toBe('started');
    const again = await send(call);
    expect(again.body).toEqual(answer.body);
    expect(await begun()).toMatchObject([
      {
        id: answer.body.operation,
        ...{ kind: 'deploy', ref: 'main', projectKey: 'test_shop' },
        requestedName: `webhook:${forge.split('-')[0]} (ada)`,
      },
    ]);
    const [line] = await deliveries.last(t.db, shop.test.id, 10);
    expect(line).toMatchObject({ branch: 'main', commit, pusher: 'ada', outcome: 'started' });
    const row = await t.db('audit').where({ action: 'operation.deploy' }).orderBy('id', 'desc').first();
    expect(row).toMatchObject({ actor: `webhook:${forge.split('-')[0]}`, via: 'api' });
  });

  test('a call with another secret, or with other bytes, is refused and counted', async () => {
    const other = await send(forgeCall(forge, secret.replace('whsec_', 'whsec_x'), { commit }));
    expect(other.status).toBe(401);
    const call = forgeCall(forge, secret, { commit });
    const changed = await send({ ...call, body: call.body.replace('main', 'evil') });
    const isSignedOver = forge === 'github' || forge === 'gitlab-signed';
    if (isSignedOver) expect(changed.status).toBe(401);
    expect((await hooks.ofProject(t.db, shop.test.id))?.refused).toBe(isSignedOver ? 2 : 1);
    expect((await begun()).filter((operation) => operation?.ref === 'main')).toEqual([]);
  });

  test('tags, pings and removed branches are heard, and start nothing', async () => {
    const calls = [
      forgeCall(forge, secret, { commit, event: 'tag' }),
      forgeCall(forge, secret, { commit, event: 'ping' }),
      forgeCall(forge, secret, { commit, deleted: true }),
    ];
    for (const call of calls) expect((await send(call)).body.outcome).toBe('ignored');
    expect(await begun()).toEqual([]);
  });
});

test('a delivery that is sent by several at once starts one deploy', async () => {
  const call = forgeCall('github', secret, { commit });
  const answers = await Promise.all(Array.from({ length: 6 }, () => send(call)));
  expect(new Set(answers.map(({ body }) => body.operation)).size).toBe(1);
  expect(await begun()).toHaveLength(1);
});

test('a captured GitHub body under another delivery id starts nothing more', async () => {
  const call = forgeCall('github', secret, { commit });
  const first = await send(call);
  const replayed = await send({ ...call, headers: { ...call.headers, 'X-GitHub-Delivery': 'another' } });
  expect(replayed.body.operation).toBe(first.body.operation);
  expect(await begun()).toHaveLength(1);
});

test('an old signature is refused where the forge says when it signed', async () => {
  const hours = 2 * 3_600_000;
  for (const forge of ['gitlab-signed', 'gitee-signed'] as const)
    expect((await send(forgeCall(forge, secret, { commit }, Date.now() - hours))).status).toBe(401);
});

test('GitHub may send a form instead of JSON', async () => {
  const payload = JSON.parse(forgeCall('github', secret, { commit }).body);
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const mac = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-GitHub-Event': 'push' };
  const answer = await send({ body, headers: { ...headers, 'X-Hub-Signature-256': `sha256=${mac}` } });
  expect(answer.body.outcome).toBe('started');
});

test.each([
  [[], 'main', 'started'],
  [[], 'feature/x', 'branch'],
  [['release/*'], 'release/1.2', 'started'],
  [['release/*'], 'main', 'branch'],
  [['release/*'], 'prerelease/1', 'branch'],
  [['main', 'hotfix-*'], 'hotfix-9', 'started'],
  [['*'], 'anything/at-all', 'started'],
])('with rules %j a push of %s is %s', async (branches, branch, outcome) => {
  await rules(shop.test, { branches });
  const answer = await send(forgeCall('gitlab', secret, { commit, branch }));
  expect(answer.body.outcome).toBe(outcome);
  expect(await begun()).toHaveLength(outcome === 'started' ? 1 : 0);
});

test('a pattern with many stars is judged in no time', async () => {
  const begin = performance.now();
  expect(branchFits('a'.repeat(200), [`${'a*'.repeat(90)}b`])).toBe(false);
  expect(performance.now() - begin).toBeLessThan(50);
});

test('production is deployed only where the project says so, and only the chosen hosts', async () => {
  const refused = await send(forgeCall('gitee', secret, { commit }), 'online_shop');
  expect(refused.body.outcome).toBe('production');
  await rules(shop.online, { production: true, hostIds: [shop.hostIds[1]!] });
  const answer = await send(forgeCall('gitee', secret, { commit }, 1), 'online_shop');
  expect(answer.body.outcome).toBe('started');
  const [operation] = await begun();
  expect(operation?.snapshot.hosts.map((host) => host.name)).toEqual(['web2']);
});

test('while the project is busy the newest push waits, and those before it are passed over', async () => {
  await send(forgeCall('gitlab', secret, { commit }));
  const second = await send(forgeCall('gitlab', secret, { commit: 'd'.repeat(40) }));
  const third = await send(forgeCall('gitlab', secret, { commit: 'e'.repeat(40) }));
  expect([second.status, second.body.outcome, third.body.outcome]).toEqual([202, 'waiting', 'waiting']);
  const outcomes = (await deliveries.last(t.db, shop.test.id, 10)).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['waiting', 'superseded', 'started']);
  expect(await begun()).toHaveLength(1);
});

test('what cannot be deployed is told with its reason, and is no error to the forge', async () => {
  await rules(shop.test, { hostIds: ['01ARZ3NDEKTSV4RRFFQ69G5FAV'] });
  const answer = await send(forgeCall('gitlab', secret, { commit }));
  expect([answer.status, answer.body.outcome, answer.body.detail]).toEqual([
    200,
    'refused',
    'host_not_placed',
  ]);
  expect((await t.db('locks').where({ project_id: shop.test.id }).first())?.operation_id ?? null).toBeNull();
});

test('nothing can be learned of projects, and no cookie helps', async () => {
  const call = forgeCall('github', 'a wrong secret', { commit });
  const [known, unknown] = [await send(call), await send(call, 'test_none')];
  expect([known.status, unknown.status]).toEqual([401, 401]);
  expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
  expect(known.body.error).toBe(unknown.body.error);
  await rules(shop.test, { enabled: false });
  expect((await send(forgeCall('github', secret, { commit }))).status).toBe(401);
  expect((await t.admin.agent.post('/webhooks/test_shop').send({})).status).toBe(401);
  expect((await request(t.app).get('/webhooks/test_shop')).status).toBe(405);
});

test('hostile bodies are refused without a word of the inside', async () => {
  const signed = (body: string): ForgeCall => {
    const mac = createHmac('sha256', secret).update(body).digest('hex');
    const headers = { 'X-GitHub-Event': 'push', 'X-Hub-Signature-256': `sha256=${mac}` };
    return { body, headers: { ...headers, 'Content-Type': 'application/json' } };
  };
  const push = (over: object) => JSON.stringify({ ref: 'refs/heads/main', after: commit, ...over });
  const bodies = [
    '',
    '{',
    '[]',
    'null',
    push({ after: '$(id)' }),
    push({ ref: 7 }),
    push({ after: 'C'.repeat(40) }),
  ];
  for (const body of bodies) expect((await send(signed(body))).status).toBe(400);
  for (const ref of ['refs/heads/--output=x', 'refs/heads/a..b', 'refs/heads/x;id', 'HEAD'])
    expect((await send(signed(push({ ref })))).body.outcome).toBe('ignored');
  const big = await send(signed(push({ pad: 'x'.repeat(1_100_000) })));
  expect(big.status).toBe(413);
  expect(await begun()).toEqual([]);
});

test('guessing at secrets is slowed down, and hinders no other caller', async () => {
  const wrong = forgeCall('github', 'a wrong secret', { commit });
  const answers = [];
  for (let guess = 0; guess < 32; guess++) answers.push(await send(wrong, 'test_shop', '198.51.100.9'));
  expect(answers.at(-1)?.status).toBe(429);
  expect(Number(answers.at(-1)?.get('Retry-After'))).toBeGreaterThan(0);
  expect((await hooks.ofProject(t.db, shop.test.id))?.refused).toBe(30);
  expect((await send(forgeCall('github', secret, { commit }))).status).toBe(202);
});
