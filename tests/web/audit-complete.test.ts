import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../src/model/token.ts';
import { allEndpoints } from '../../src/web/api/routes.ts';
import type { Route } from '../../src/web/route.ts';
import { allRoutes } from '../../src/web/routes.ts';
import { program } from './api/programs.ts';
import { type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town({ CEDAR_TRUST_PROXY: '127.0.0.0/8,::1' });
});
afterAll(() => t.end());

const deeds = allRoutes.filter(({ method }) => method === 'POST');
const pathOf = (path: string) => path.replace(/:\w+/g, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
const shownPath = (path: string) => pathOf(path).replace(/^\/setup\/.*/, '/setup/…');
const rowsOf = (id: string) => t.db('audit').where({ request_id: id });
/** Behind a proxy: each from an address of its own. */
let count = 0;
const from = () => `198.51.${count++ >> 8}.${count & 255}`;

/** The request's id, as the problem page shows it. */
function idIn(text: string): string {
  return /<code>([0-9a-f-]{36})<\/code>/.exec(text)?.[1] ?? '';
}

test('[S92] every deed without a token of our pages is refused and leaves a row under the id that the page shows', async () => {
  expect(deeds.length).toBeGreaterThan(60);
  for (const { path } of deeds) {
    const answer = await request(t.app)
      .post(pathOf(path))
      .set({ Accept: 'text/html', 'X-Forwarded-For': from() })
      .type('form')
      .send({ a: 'b' });
    const rows = await rowsOf(idIn(answer.text));
    const expected = { actor: 'anonymous', via: 'web', action: 'request', result: 'refused', reason: 'csrf' };
    expect([path, answer.status, rows]).toMatchObject([
      path,
      403,
      [{ ...expected, object: `POST ${shownPath(path)}` }],
    ]);
    expect(rows[0].ip).toMatch(/^198\.51\./);
    expect(Math.abs(Date.now() - Number(rows[0].at))).toBeLessThan(60_000);
  }
});

const isGuarded = ({ guard }: Route) => guard !== 'public' && guard !== 'signed-in';

test('[S92] every deed of somebody who may not leaves a row: forbidden, or as if it were not there', async () => {
  const page = await t.outsider.get('/profile');
  const _csrf = /data-csrf="([^"]*)"/.exec(page.text)?.[1] ?? '';
  for (const { path } of deeds.filter(isGuarded)) {
    const answer = await t.outsider.agent
      .post(pathOf(path))
      .set({ Accept: 'text/html' })
      .type('form')
      .send({ _csrf });
    expect([path, [403, 404].includes(answer.status)]).toEqual([path, true]);
    const rows = await rowsOf(idIn(answer.text));
    const reason = answer.status === 403 ? 'forbidden' : 'not_found';
    const expected = { actor: 'outsider', object: `POST ${pathOf(path)}`, result: 'refused', reason };
    expect([path, rows]).toMatchObject([path, [expected]]);
  }
});

test('[S92] nobody who knows the token of a page leaves a row too', async () => {
  const { agent } = t.nobody;
  const page = await t.nobody.get('/sign-in');
  const _csrf = /data-csrf="([^"]*)"/.exec(page.text)?.[1] ?? '';
  for (const { path } of deeds.filter((route) => route.guard !== 'public')) {
    const ip = from();
    await agent
      .post(pathOf(path))
      .set({ Accept: 'text/html', 'X-Forwarded-For': ip })
      .type('form')
      .send({ _csrf })
      .expect(303);
    const rows = await t.db('audit').where({ ip, object: `POST ${shownPath(path)}` });
    expect([path, rows]).toMatchObject([path, [{ result: 'refused', reason: 'sign_in_needed' }]]);
  }
});

test('[S92] every deed of a program without the scope, and of one without a token, leaves a row', async () => {
  const changing = allEndpoints.filter(({ method, guard }) => method !== 'GET' && guard !== 'public');
  expect(changing.length).toBeGreaterThan(10);
  for (const { method, path, scopes: needed } of changing) {
    const reader = await program(t, { scopes: scopes.filter((one) => !needed.includes(one)).slice(0, 1) });
    const answer = await reader.call(method, pathOf(path)).send({});
    expect([path, answer.status]).toEqual([path, 403]);
    expect(await rowsOf(answer.body.requestId)).toMatchObject([
      { via: 'api', object: `${method} ${pathOf(path)}`, result: 'refused' },
    ]);
    const agent = request(t.app) as unknown as Record<string, (path: string) => request.Test>;
    const stranger = await agent[method.toLowerCase()]!(pathOf(path)).set('X-Forwarded-For', from()).send({});
    expect(await rowsOf(stranger.body.requestId)).toMatchObject([
      { actor: 'anonymous', result: 'refused', reason: 'token_needed' },
    ]);
  }
});

test('what is wrong in a form is remembered by its fields, without what was typed', async () => {
  await t.admin.post('/groups', { name: 'x'.repeat(70), notes: 'a secret of mine' }, '/groups');
  const row = await t.db('audit').where({ object: 'POST /groups', actor: 'admin' }).first();
  expect(row).toMatchObject({ result: 'refused', reason: 'name too_long' });
  expect(JSON.stringify(await t.db('audit'))).not.toContain('a secret of mine');
});

test('a flood of strangers does not fill the trail', async () => {
  const ip = '203.0.113.9';
  for (let n = 0; n < 130; n++)
    await request(t.app).post('/sign-out').set('X-Forwarded-For', ip).type('form').send({}).expect(403);
  expect(await t.db('audit').where({ ip })).toHaveLength(120);
});

const folder = join(import.meta.dirname, '../../src/web');

test('[S92] every transaction of a page or an endpoint that changes something records it', () => {
  const silent: string[] = [];
  let blocks = 0;
  const shared = recordingIn(readFileSync(join(folder, 'tickets/file.ts'), 'utf8'));
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    const recording = new Set([...recordingIn(text), ...shared]);
    for (const found of text.matchAll(/\bwriting\(/g)) {
      blocks++;
      const block = inBrackets(text, found.index + found[0].length - 1);
      const calls = [...block.matchAll(/(\w+)\(|, (\w+)\)$/g)].map(([, called, given]) => called ?? given);
      if (!calls.some((name) => recording.has(name ?? ''))) silent.push(`${file}: ${block}`);
    }
  }
  expect(blocks).toBeGreaterThan(40);
  expect(silent).toEqual([]);
});

/** What records by itself: the deeds of the engine, and the functions of this file that call `record` or one of them. */
function recordingIn(text: string): Set<string> {
  const names = new Set(['record', 'launch', 'work']);
  for (const found of text.matchAll(/^(?:export )?async function (\w+)[\s\S]*?^}/gm))
    if (/\brecord\(/.test(found[0])) names.add(found[1] ?? '');
  return names;
}

/** From an opening bracket to the one that closes it. */
function inBrackets(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] === ')' && --depth === 0) return text.slice(start, at + 1);
  }
  throw new Error('A bracket stays open');
}
