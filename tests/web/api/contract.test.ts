import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scope, scopes } from '../../../src/model/token.ts';
import { documentFor } from '../../../src/web/api/open-api.ts';
import { allEndpoints } from '../../../src/web/api/routes.ts';
import { type Examples, examplesIn } from './examples.ts';
import { type Program, program } from './programs.ts';
import { type Address, addressesOf, answerSchema, bodyFields } from './schema.ts';

/* Everything here is made from the OpenAPI document: a new address is tried by being in it. */
const document = documentFor(allEndpoints);
const addresses = addressesOf(document);
const guarded = addresses.filter(({ told }) => told.security.length > 0);

let e: Examples;
let full: Program;
let member: Program;

beforeAll(async () => {
  e = await examplesIn();
  full = await program(e.t, { scopes: [...scopes] });
  member = await program(e.t, { of: 'member', scopes: [...scopes] });
});
afterAll(() => e.t.end());

/** The path with ids of things that are there, of another group's, or of nothing. */
const pathOf = ({ path }: Address, of: 'ours' | 'foreign' | 'missing') =>
  path.replace(/{(\w+)}/g, (_, name: string) => e.names[of][name] ?? '01ARZ3NDEKTSV4RRFFQ69G5FAV');

function send(by: Program, address: Address, path: string, body?: object): Promise<Response> {
  const call = by.call(address.method, path);
  const matched = address.told.parameters?.some(({ name }) => name === 'If-Match');
  if (matched) call.set('If-Match', '*');
  return (address.method === 'GET'
    ? call
    : call.send(body ?? e.body(address))) as unknown as Promise<Response>;
}

function expectProblem(address: Address, answer: Response, status: number): void {
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const read = answerSchema(document, address, status).safeParse(answer.body);
  expect(read.error).toBeUndefined();
  expect(answer.body.remedy).not.toBe('');
}

test('the document is OpenAPI 3.1, complete, and every operation has a name of its own', async () => {
  const { body } = await request(e.t.app).get('/api/v1/openapi.json').expect(200);
  expect(body.openapi).toBe('3.1.0');
  expect(body).toEqual(JSON.parse(JSON.stringify(document)));
  expect(addresses).toHaveLength(allEndpoints.length);
  expect(new Set(addresses.map(({ told }) => told.operationId)).size).toBe(addresses.length);
});

describe.each(guarded.map((address) => ({ name: `${address.method} ${address.path}`, address })))(
  '$name',
  ({ address }) => {
    const has = (of: string) => address.path.includes(`{${of}}`);
    const fields = bodyFields(document, address);

    test('[S16] is closed without a token and to a session, and says so', async () => {
      const path = pathOf(address, 'ours');
      const verb = address.method.toLowerCase() as 'get';
      expectProblem(address, await request(e.t.app)[verb](path), 401);
      expectProblem(address, await e.t.admin.agent[verb](path), 401);
    });

    test('is closed to a token without its scope', async () => {
      const others = scopes.filter((scope) => !address.told['x-scopes'].includes(scope));
      if (others.length === 0) throw new Error('a scope is needed');
      const poor = await program(e.t, { scopes: others as Scope[] });
      const answer = await send(poor, address, pathOf(address, 'ours'));
      expectProblem(address, answer, 403);
      expect(answer.body.code).toBe('token_scope');
    });

    test('[S27] hides what is foreign, and what is not there', async () => {
      if (has('project') || has('operation') || has('placement') || has('ticket'))
        expectProblem(address, await send(member, address, pathOf(address, 'foreign')), 404);
      if (address.path.includes('{'))
        expectProblem(address, await send(full, address, pathOf(address, 'missing')), 404);
      if (address.told['x-guard'] === 'admin')
        expectProblem(address, await send(member, address, pathOf(address, 'ours')), 403);
    });

    test('[S32] refuses keys that do not belong there, in the query and in the body', async () => {
      const path = pathOf(address, 'ours');
      const answer = await send(full, address, `${path}?is_admin=true`);
      expectProblem(address, answer, 400);
      expect(answer.body.field).toBe('is_admin');
      if (fields === null) return;
      for (const key of ['is_admin', 'created_by', 'fence', 'constructor', '__proto__']) {
        const text = JSON.stringify({ ...e.body(address), key_to_name: 1 }).replace('key_to_name', key);
        const call = full.call(address.method, path).set('If-Match', '*');
        const refused = await call.set('Content-Type', 'application/json').send(text);
        expectProblem(address, refused as unknown as Response, 400);
        expect(refused.body.field).toBe(key);
      }
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });

    test('[S11] names each field that is wrong', async () => {
      for (const name of Object.keys(fields ?? {})) {
        const wrong = { ...e.body(address), [name]: [[1]] };
        const answer = await send(full, address, pathOf(address, 'ours'), wrong);
        expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).toBe(422);
        expectProblem(address, answer, 422);
        expect(answer.body.errors.map(({ field }: { field: string }) => field.split('.')[0])).toContain(name);
      }
    });

    test('answers a good call as the document says', async () => {
      await e.ready(address);
      const by = await program(e.t, { scopes: [address.told['x-scopes'][0] as Scope] });
      const answer = await send(by, address, pathOf(address, 'ours') + e.query(address));
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      const told = address.told.responses[answer.status];
      expect(told, `${answer.status} is not in the document`).toBeDefined();
      const [media = ''] = Object.keys(told?.content ?? {});
      if (media !== '') expect(answer.headers['content-type']).toContain(media);
      if (media !== 'application/json') return;
      const read = answerSchema(document, address, answer.status).safeParse(answer.body);
      expect(read.error?.issues, JSON.stringify(answer.body)).toBeUndefined();
    });
  },
);

test('other methods of an address, and other addresses, are refused as problems', async () => {
  const other = await full.call('DELETE', '/api/v1/projects');
  expect([other.status, other.body.code, other.headers.allow]).toEqual([
    405,
    'method',
    expect.stringMatching(/GET/),
  ]);
  const nowhere = await full.get('/api/v1/nothing');
  expect([nowhere.status, nowhere.body.code]).toEqual([404, 'not_found']);
});

test('[S88] a body is bounded: its size, its depth, its kind, its syntax', async () => {
  const path = `/api/v1/projects/${e.names.ours.project}/operations`;
  const sent = async (text: string, type = 'application/json') =>
    (await full.call('POST', path).set('Content-Type', type).send(text)).body.code;
  expect(await sent(`{"reason":"${'x'.repeat(1_100_000)}"}`)).toBe('too_large');
  expect(await sent(`{"reason":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toBe('too_deep');
  expect(await sent('kind=stop', 'application/x-www-form-urlencoded')).toBe('body_type');
  expect(await sent('{')).toBe('bad_request');
  expect(await sent('[]')).toBe('bad_request');
  expect(await sent('"stop"')).toBe('bad_request');
});
