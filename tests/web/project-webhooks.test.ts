import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as hooks from '../../src/store/inbound-hooks.ts';
import { forgeCall } from '../lab/forges.ts';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

const commit = 'c'.repeat(40);
let t: Town;
let shop: Shop;

beforeAll(async () => {
  t = await town({ CEDAR_BASE_URL: 'http://cedar.example.com' });
  shop = await shopIn(t);
  await t.grant({ config: true, deploy: false });
});
afterAll(() => t.end());

const page = '/projects/test_shop/webhooks';
const form = { enabled: 'on', branches: '', everywhere: 'on' };
const send = (secret: string, branch = 'main') => {
  const { headers, body } = forgeCall('gitlab', secret, { commit, branch });
  return request(t.app).post('/webhooks/test_shop').set(headers).send(body);
};
async function made(): Promise<string> {
  const answer = await t.member.post(`${page}/secret`);
  expect(answer.status).toBe(200);
  return /value="(whsec_[^"]+)"/.exec(answer.text)?.[1] ?? '';
}

test('a secret is shown once, sealed, and worth nothing after the next one', async () => {
  const first = await made();
  expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const shown = (await t.member.get(page)).text;
  expect(shown).not.toContain('whsec_');
  expect(shown).toContain('http://cedar.example.com/webhooks/test_shop');
  expect(JSON.stringify(await t.db('inbound_hooks'))).not.toContain(first);
  expect(JSON.stringify(await t.db('audit'))).not.toContain('whsec_');
  const second = await made();
  expect((await send(first)).status).toBe(401);
  expect((await send(second, 'nobody-deploys-this')).body.outcome).toBe('branch');
  const text = (await t.member.get(page)).text;
  expect(text).toContain('1 calls with a wrong signature');
  expect(text).toContain('no rule for this branch');
});

test('rules are kept, and wrong ones come back with the line named', async () => {
  await made();
  const [host] = shop.hostIds;
  const branches = 'main\nrelease/*';
  const { everywhere: _all, ...some } = form;
  expect((await t.member.post(page, { ...some, branches, hosts: host! })).status).toBe(303);
  expect(await hooks.ofProject(t.db, shop.test.id)).toMatchObject({
    ...{ enabled: true, production: false, branches: ['main', 'release/*'], hostIds: [host] },
  });
  for (const wrong of ['main\n--output=x', 'a b', 'x;id', '../x', '$(id)', 'a..b', 'x'.repeat(300)]) {
    const answer = await t.member.post(page, { ...form, branches: wrong });
    expect(answer.status, wrong).toBe(422);
    expect(answer.text).toMatch(/Line [12] is no branch/);
  }
  const foreign = await t.member.post(page, { ...some, branches, hosts: '01ARZ3NDEKTSV4RRFFQ69G5FAV' });
  expect(foreign.status).toBe(422);
  expect((await t.member.post(page, { ...some, branches })).status).toBe(422);
});

test('the last ten deliveries are there with what became of them', async () => {
  const secret = await made();
  await t.member.post(page, form);
  for (let index = 0; index < 12; index++) await send(secret, `feature-${index}`);
  const started = await send(secret);
  const text = (await t.member.get(page)).text;
  expect(text).toContain(`/operations/${started.body.operation}`);
  expect(text).toContain('feature-11');
  expect(text).not.toContain('feature-2<');
  expect(text.match(/<tr>/g)).toHaveLength(11);
});

test('[S28] who may not configure production may not let pushes deploy it', async () => {
  expect((await t.member.get('/projects/online_shop/webhooks')).status).toBe(403);
  expect((await t.member.post('/projects/online_shop/webhooks/secret')).status).toBe(403);
  expect((await t.outsider.get(page)).status).toBe(404);
});
