import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allEndpoints } from '../../src/web/api/routes.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { program } from '../web/api/programs.ts';
import { type Browser, type Town, town } from '../web/people.ts';
import { type Run, runIn, type Shop, shopIn } from '../web/shop.ts';
import { House } from './house.ts';

let t: Town;
let house: House;
let shop: Shop;
let run: Run;
beforeAll(async () => {
  t = await town({ CEDAR_API_PER_MINUTE: '100000' });
  shop = await shopIn(t);
  run = await runIn(t, shop, shop.online);
  house = await House.open(t);
});
afterAll(() => t.end());

type Layer = { route?: { path: string; methods: Record<string, boolean> } };

/** What the console really answers to, read from its router. */
function addresses(): { path: string; methods: string[] }[] {
  const { stack } = (t.app as unknown as { router: { stack: Layer[] } }).router;
  const found = stack.flatMap(({ route }) => (route ? [route] : []));
  return found
    .filter(({ methods }) => Object.keys(methods).length === 1)
    .map(({ path, methods }) => ({ path, methods: Object.keys(methods) }));
}

const sample = (path: string) =>
  path
    .replace(':project', shop.online.key)
    .replace(':operation', run.operation.id)
    .replace(':host', shop.hostIds[0]!)
    .replace(':group', t.groupId)
    .replace(':environment', 'online')
    .replace(/[:*]\w+/g, '01ARZ3NDEKTSV4RRFFQ69G5FAV');

/** All rows of all tables, but for what notes that somebody is there. */
async function everything(): Promise<string> {
  const tables = await t.db('sqlite_master').where({ type: 'table' }).pluck('name');
  const kept = tables.filter((name: string) => !['sessions', 'sqlite_sequence'].includes(name));
  const rows = await Promise.all(kept.map(async (name: string) => [name, await t.db(name)]));
  return JSON.stringify(Object.fromEntries(rows), (key, value) =>
    ['used_at', 'used_from'].includes(key) ? null : value,
  );
}

test('[S15] the router holds what the tables of routes say, and nothing beside them', () => {
  const known = [...allRoutes, ...allEndpoints].map(({ method, path }) => `${method.toLowerCase()} ${path}`);
  const beside = ['get /healthz', 'get /readyz', 'get /metrics', 'post /webhooks/:project'];
  const there = addresses().flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`));
  expect(there.sort()).toEqual([...known, ...beside].sort());
});

test('[S15] reading every address there is changes nothing, and deeds are no addresses to read', async () => {
  const by = await program(t, { scopes: ['read', 'deploy', 'config', 'expand', 'approve'] });
  const reads = new Set([...allRoutes, ...allEndpoints].filter((r) => r.method === 'GET').map((r) => r.path));
  const before = await everything();
  const wrong: string[] = [];
  const paths = new Set(addresses().map(({ path }) => path));
  for (const path of paths) {
    const headers: Record<string, string> = path.startsWith('/api/')
      ? { Authorization: `Bearer ${by.text}` }
      : {};
    const answer = await house.ask(sample(path), { headers }, t.admin);
    await answer.body?.cancel();
    if (answer.status >= 500) wrong.push(`${path}: ${answer.status}`);
    if (!reads.has(path) && !['/healthz', '/readyz'].includes(path) && ![404, 405].includes(answer.status))
      wrong.push(`${path}: ${answer.status}`);
  }
  expect(wrong).toEqual([]);
  expect(paths.size).toBeGreaterThan(100);
  const withToken = JSON.parse(before);
  const after = JSON.parse(await everything());
  for (const table of Object.keys(after)) expect(after[table], table).toEqual(withToken[table]);
});

const wanted: [string, RegExp][] = [
  ['content-security-policy', /frame-ancestors 'none'/],
  ['x-content-type-options', /^nosniff$/],
  ['referrer-policy', /^same-origin$/],
  ['cross-origin-opener-policy', /^same-origin$/],
  ['x-frame-options', /^DENY$/i],
];

function headerProblems(name: string, answer: Response): string[] {
  const bad = wanted.filter(([header, pattern]) => !pattern.test(answer.headers.get(header) ?? ''));
  const policy = answer.headers.get('content-security-policy') ?? '';
  return [
    ...bad.map(([header]) => `${name}: ${header}`),
    ...(policy.includes('unsafe-') ? [`${name}: ${policy}`] : []),
    ...(answer.headers.has('x-powered-by') ? [`${name}: x-powered-by`] : []),
    ...(/no-store|immutable/.test(answer.headers.get('cache-control') ?? '')
      ? []
      : [`${name}: may be cached`]),
  ];
}

test('[S19] pages, streams, programs’ answers and errors all carry the headers', async () => {
  const by = await program(t, { scopes: ['read'] });
  const wrong: string[] = [];
  const look = async (name: string, init: RequestInit = {}, who: Browser | null = null, path = name) => {
    const answer = await house.ask(path, init, who);
    await answer.body?.cancel();
    wrong.push(...headerProblems(`${init.method ?? 'GET'} ${name} ${answer.status}`, answer));
    return answer;
  };
  for (const { path } of addresses()) {
    const bearer = path.startsWith('/api/') ? { headers: { Authorization: `Bearer ${by.text}` } } : {};
    await look(path, bearer, t.admin, sample(path));
    await look(path, { method: 'POST', ...bearer }, t.admin, sample(path));
    await look(path, { method: 'PUT' }, null, sample(path));
  }
  const stream = await look(`${run.path}/events`, {}, t.admin);
  expect([stream.status, stream.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  expect((await look('/api/v1/projects', { headers: { Authorization: 'Bearer x' } })).status).toBe(401);
  expect((await look('/sign-in', { method: 'POST', body: 'x'.repeat(3_000_000) })).status).toBe(413);
  expect((await look('/projects/%E0%A4%A')).status).toBe(400);
  expect((await look('/assets/none')).status).toBe(404);
  expect(wrong).toEqual([]);
});

describe('[S20] whatever host a request names', () => {
  test('links are built from the configured address', async () => {
    const there = await town({ CEDAR_BASE_URL: 'http://deploy.example.org' });
    await shopIn(there);
    const pages = allRoutes.filter(({ method, path }) => method === 'GET' && !path.includes('events'));
    const told: string[] = [];
    for (const { path } of pages) {
      const at = path.replace(':project', 'test_shop').replace(/[:*]\w+/g, 'x');
      const answer = await there.admin
        .get(at)
        .set('Host', 'evil.example')
        .set('X-Forwarded-Host', 'evil.example');
      if (JSON.stringify([answer.text, answer.headers]).includes('evil.example')) told.push(path);
    }
    expect(told).toEqual([]);
    const page = await there.admin.get('/projects/test_shop/webhooks').set('Host', 'evil.example');
    expect(page.text).toContain('http://deploy.example.org/webhooks/test_shop');
    await there.end();
  });
});

test('[S22] another site gets no stream, though the browser sends the cookie along', async () => {
  const path = `${run.path}/events`;
  for (const headers of [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
  ] as Record<string, string>[]) {
    const answer = await house.ask(path, { headers }, t.admin);
    await answer.body?.cancel();
    expect(answer.status, JSON.stringify(headers)).toBe(403);
  }
  const own = await house.ask(path, { headers: { Origin: house.address } }, t.admin);
  await own.body?.cancel();
  expect(own.status).toBe(200);
});

test('[S23] a token counts nothing on the pages of people', async () => {
  for (const scopes of [['read'], ['deploy']] as const) {
    const reach = scopes[0] === 'deploy' ? { groups: [], projects: [shop.test.id] } : null;
    const by = await program(t, { scopes: [...scopes], reach });
    const wrong: string[] = [];
    for (const { method, path, guard } of allRoutes.filter(({ guard }) => guard !== 'public')) {
      const { status } = await by.call(method, sample(path)).set('Accept', 'text/html').redirects(0);
      const expected = method === 'GET' ? [303] : [403];
      if (!expected.includes(status)) wrong.push(`${method} ${path} (${JSON.stringify(guard)}): ${status}`);
    }
    expect(wrong).toEqual([]);
  }
});

test('[S24] who somebody is cannot be said in the request', async () => {
  const admin = await t.db('users').where({ username: 'admin' }).first('id');
  const claims = {
    'X-User': 'admin',
    'X-Forwarded-User': 'admin',
    'Remote-User': 'admin',
    'X-Api-User': admin.id,
  };
  for (const who of [t.nobody, t.outsider]) {
    const refused = who === t.nobody ? 303 : 403;
    expect((await who.get('/people?user=admin&user_id=' + admin.id).set(claims)).status).toBe(refused);
    expect((await who.get('/people').auth('admin', 'correct horse battery')).status).toBe(refused);
  }
  expect((await t.outsider.get(`/projects/${shop.test.key}?user=admin`).set(claims)).status).toBe(404);
  const form = { name: 'mine', notes: '', user: 'admin', user_id: admin.id, username: 'admin' };
  expect((await t.outsider.post('/groups', form)).status).toBe(403);
  expect(await t.db('project_groups').where({ name: 'mine' })).toEqual([]);
  await t.member.post('/profile', {
    displayName: 'x',
    language: '',
    theme: '',
    timeZone: '',
    user_id: admin.id,
  });
  expect((await t.db('users').where({ username: 'admin' }).first()).display_name).toBe('admin');
});
