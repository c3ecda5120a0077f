import type { Readable } from 'node:stream';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/web/route.ts';
import { get } from '../../src/web/route.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { type Browser, type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

/** An address of the route with ids that name nothing. */
const sample = (route: Route) => route.path.replace(/[:*]\w+/g, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
const reads = allRoutes.filter((route) => route.method === 'GET');
const deeds = allRoutes.filter((route) => route.method === 'POST');
const readPaths = new Set(reads.map((route) => route.path));

function expectHeaders(answer: Response): void {
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-');
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.headers['referrer-policy']).toBe('same-origin');
  expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin');
  expect(answer.headers['x-powered-by']).toBeUndefined();
  expect(answer.headers['cache-control']).toBeDefined();
}

describe.each(deeds)('POST $path', (route) => {
  test('[S16] is refused without a token, also to an admin', async () => {
    const answer = await t.admin.agent.post(sample(route)).type('form').send({});
    expect(answer.status).toBe(403);
    expectHeaders(answer);
  });

  test('[S16] is refused with the token of another session', async () => {
    const page = await t.member.get('/groups');
    const token = /data-csrf="([^"]+)"/.exec(page.text)?.[1];
    const answer = await t.admin.agent.post(sample(route)).type('form').send({ _csrf: token });
    expect(answer.status).toBe(403);
  });

  test('[S16] is refused from another site and as JSON in plain text, though the token is right', async () => {
    const token = /data-csrf="([^"]+)"/.exec((await t.admin.get('/keys')).text)?.[1] ?? '';
    const strange: Record<string, string>[] = [
      { Origin: 'null' },
      { Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
    ];
    for (const headers of strange)
      expect(
        (await t.admin.agent.post(sample(route)).set(headers).type('form').send({ _csrf: token })).status,
      ).toBe(403);
    const plain = () => t.admin.agent.post(sample(route)).type('text/plain');
    expect((await plain().send(JSON.stringify({ _csrf: token }))).status).toBe(403);
    expect((await plain().set('X-CSRF-Token', token).send('{"name":"a"}')).status).toBe(400);
  });

  test('[S15] [S19] changes nothing when it is read', async () => {
    const answer = await t.admin.get(sample(route));
    if (!readPaths.has(route.path)) expect([404, 405]).toContain(answer.status);
    expectHeaders(answer);
  });
});

describe.each(reads)('GET $path', (route) => {
  test('asks nobody in who is not signed in', async () => {
    const answer = await t.nobody.get(sample(route));
    expectHeaders(answer);
    if (route.guard === 'public') expect([200, 303, 404]).toContain(answer.status);
    else {
      expect(answer.status).toBe(303);
      expect(answer.headers.location).toMatch(/^\/sign-in/);
    }
  });

  test('[S19] [S22] answers a stream of nobody with 401 before any byte', async () => {
    if (route.guard === 'public') return;
    const answer = await t.nobody.agent.get(sample(route)).set('Accept', 'text/event-stream');
    expect(answer.status).toBe(401);
    expectHeaders(answer);
  });

  test('[S19] is kept out of caches and never fails inside for an admin, a member, an outsider', async () => {
    for (const person of [t.admin, t.member, t.outsider]) {
      const answer = await headOf(person, sample(route));
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers['cache-control']).toContain('no-store');
      expectHeaders(answer);
    }
  });

  test('[S27] shows an outsider no object', async () => {
    if (typeof route.guard !== 'object') return;
    expect((await t.outsider.get(sample(route))).status).toBe(404);
  });
});

/** The answer's head; a stream is left as soon as it has begun. */
function headOf(person: Browser, path: string) {
  if (!path.endsWith('/events')) return person.get(path);
  const request = person.agent.get(path).set('Accept', 'text/event-stream').buffer(true);
  return request.parse((response, done) => {
    (response as unknown as Readable).destroy();
    done(null, '');
  });
}

test('an admin page is refused to a member', async () => {
  for (const route of reads.filter(({ guard }) => guard === 'admin'))
    expect((await t.member.get(sample(route))).status, route.path).toBe(403);
});

test('[S15] no address stands twice, and other methods are refused', async () => {
  const names = allRoutes.map((route) => `${route.method} ${route.path}`);
  expect(new Set(names).size).toBe(names.length);
  const token = /data-csrf="([^"]+)"/.exec((await t.admin.get('/groups')).text)?.[1] ?? '';
  const answer = await t.admin.agent.delete('/groups').set('X-CSRF-Token', token);
  expect(answer.status).toBe(405);
  expect(answer.headers.allow).toBe('GET, POST');
});

test('[S19] an unknown address, an asset and the health check carry the headers too', async () => {
  const page = await t.admin.get('/groups');
  const css = /href="(\/assets\/[^"]*cedar\.css)"/.exec(page.text)?.[1] ?? '';
  const sheet = await t.nobody.get(css).expect(200);
  expect(sheet.headers['cache-control']).toContain('immutable');
  for (const answer of [await t.nobody.get('/nowhere').expect(404), sheet, await t.nobody.get('/healthz')])
    expectHeaders(answer);
  expectHeaders(await t.nobody.get('/assets/x/../../package.json').expect(404));
});

test('a route without a guard does not start', async () => {
  const open = { ...get('/open', 'public', async () => {}), guard: undefined } as unknown as Route;
  await expect(town({}, [open])).rejects.toThrow('GET /open has no guard');
});
