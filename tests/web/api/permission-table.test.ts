import request from 'supertest';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { launch } from '../../../src/deploy/launch.ts';
import { defaultProjectSettings, type Project } from '../../../src/model/project.ts';
import { type Scope, scopes } from '../../../src/model/token.ts';
import * as groups from '../../../src/store/groups.ts';
import * as placements from '../../../src/store/placements.ts';
import * as projects from '../../../src/store/projects.ts';
import type { Endpoint } from '../../../src/web/api/endpoint.ts';
import { allEndpoints } from '../../../src/web/api/routes.ts';
import { buildApp } from '../../../src/web/app.ts';
import { type Town, town } from '../people.ts';
import { shopIn } from '../shop.ts';
import { type Program, program } from './programs.ts';
import { ticketFor } from './ticket-for.ts';

/** The whole expected table (S23): what each address takes of the token's owner. One that is not here fails. */
const table: Record<string, string> = {
  public: 'GET /api/v1/openapi.json',
  token:
    'POST /expansion, POST /reduced, GET /api/v1/hosts, GET /api/v1/hosts/:host, GET /api/v1/projects, ' +
    'POST /api/v1/projects, GET /api/v1/operations, GET /api/v1/inventory/project-hosts, ' +
    'GET /api/v1/inventory/hosts, GET /api/v1/inventory/addresses, GET /api/v1/inventory/failing, ' +
    'GET /api/v1/inventory/ports, GET /api/v1/inventory/projects, GET /api/v1/inventory/releases, ' +
    'GET /api/v1/inventory/locks, GET /api/v1/drift, GET /api/v1/tickets, POST /api/v1/tickets',
  admin: 'POST /api/v1/hosts, PATCH /api/v1/hosts/:host',
  see:
    'GET /api/v1/projects/:project, GET /api/v1/projects/:project/releases, ' +
    'GET /api/v1/projects/:project/placements, GET /api/v1/projects/:project/schedules, ' +
    'GET /api/v1/operations/:operation, GET /api/v1/operations/:operation/log, ' +
    'GET /api/v1/operations/:operation/log.txt, GET /api/v1/operations/:operation/events, ' +
    'GET /api/v1/tickets/:ticket, POST /api/v1/tickets/:ticket/withdraw',
  deploy:
    'POST /api/v1/projects/:project/operations, POST /api/v1/projects/:project/schedules, ' +
    'DELETE /api/v1/projects/:project/schedules/:schedule, POST /api/v1/operations/:operation/cancel, ' +
    'POST /api/v1/operations/:operation/resume, POST /api/v1/operations/:operation/retry, ' +
    'POST /api/v1/operations/:operation/rollback, POST /api/v1/operations/:operation/unlock, ' +
    'POST /api/v1/operations/:operation/pause, POST /api/v1/operations/:operation/continue, ' +
    'POST /api/v1/tickets/:ticket/run',
  decide:
    'POST /api/v1/tickets/:ticket/approve, POST /api/v1/tickets/:ticket/refuse, ' +
    'POST /api/v1/tickets/:ticket/close',
  configure:
    'PATCH /api/v1/projects/:project, POST /api/v1/projects/:project/clone, ' +
    'POST /api/v1/projects/:project/placements, ' +
    'PATCH /api/v1/projects/:project/placements/:placement, ' +
    'DELETE /api/v1/projects/:project/placements/:placement',
};
/** The scopes that open an address, where it is not the one that its method and need say. */
const otherwise: Record<string, Scope[]> = {
  'POST /expansion': ['expand'],
  'POST /reduced': ['expand'],
  'GET /api/v1/operations/:operation': ['read', 'deploy', 'expand'],
  'GET /api/v1/operations/:operation/log': ['read', 'deploy', 'expand'],
  'GET /api/v1/operations/:operation/log.txt': ['read', 'deploy', 'expand'],
  'GET /api/v1/operations/:operation/events': ['read', 'deploy', 'expand'],
  'GET /api/v1/tickets': ['read', 'deploy', 'approve'],
  'GET /api/v1/tickets/:ticket': ['read', 'deploy', 'approve'],
  'POST /api/v1/tickets': ['deploy'],
  'POST /api/v1/tickets/:ticket/withdraw': ['deploy'],
  'POST /api/v1/tickets/:ticket/approve': ['approve'],
  'POST /api/v1/tickets/:ticket/refuse': ['approve'],
  'POST /api/v1/tickets/:ticket/close': ['approve'],
};

const things = ['test', 'online', 'foreign', 'missing'] as const;
type Thing = (typeof things)[number];
/** Owner's grants, scopes, and whether the token is for the project of the test environment alone. */
type Who = {
  of: 'admin' | 'member' | 'outsider';
  config: boolean;
  deploy: boolean;
  scopes: Scope[];
  narrow: boolean;
};
const everybody: [string, Who][] = [
  ['admin, all scopes', { of: 'admin', config: false, deploy: false, scopes: [...scopes], narrow: false }],
  ['admin, read', { of: 'admin', config: false, deploy: false, scopes: ['read'], narrow: false }],
  ['admin, deploy of p1', { of: 'admin', config: false, deploy: false, scopes: ['deploy'], narrow: true }],
  [
    'admin, all scopes of p1',
    { of: 'admin', config: false, deploy: false, scopes: [...scopes], narrow: true },
  ],
  ['member, all scopes', { of: 'member', config: false, deploy: false, scopes: [...scopes], narrow: false }],
  ['member with config', { of: 'member', config: true, deploy: false, scopes: [...scopes], narrow: false }],
  ['member with deploy', { of: 'member', config: false, deploy: true, scopes: [...scopes], narrow: false }],
  ['member with both', { of: 'member', config: true, deploy: true, scopes: [...scopes], narrow: false }],
  [
    'outsider, all scopes',
    { of: 'outsider', config: false, deploy: false, scopes: [...scopes], narrow: false },
  ],
];

const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
const needOf = (one: Endpoint) =>
  Object.keys(table).find((need) => table[need]!.split(', ').includes(nameOf(one)))!;

function scopesFor(one: Endpoint, need: string): Scope[] {
  const usual: Scope = one.method === 'GET' ? 'read' : need === 'deploy' ? 'deploy' : 'config';
  return otherwise[nameOf(one)] ?? [usual];
}

function expected(one: Endpoint, who: Who, thing: Thing): number {
  const need = needOf(one);
  if (need === 'public') return 200;
  if (!scopesFor(one, need).some((scope) => who.scopes.includes(scope))) return 403;
  if (need === 'token') return 200;
  if (need === 'admin') return who.of === 'admin' && !who.narrow ? 200 : 403;
  const hidden = thing === 'missing' || (who.narrow && thing !== 'test');
  if (hidden || (who.of !== 'admin' && (who.of === 'outsider' || thing === 'foreign'))) return 404;
  if (who.of === 'admin' || need === 'see') return 200;
  if (need === 'decide') return who.deploy ? 200 : 403;
  if (need === 'deploy') return thing === 'test' || who.deploy ? 200 : 403;
  return who.config && (thing === 'test' || who.deploy) ? 200 : 403;
}

/** Of the addresses only scopes and guards are asked. */
const asked: Endpoint[] = allEndpoints.map((one) => ({
  ...{ ...one, query: null, body: null },
  handle: async () => ({ status: 200, body: {} }),
}));

let t: Town;
let testId: string;
const names: Record<Thing, Record<string, string>> = Object.create(null);

beforeAll(async () => {
  t = await town();
  const shop = await shopIn(t);
  const other = { id: ulid(), name: 'others', notes: null };
  await groups.add(t.db, other);
  const foreign = await projects.add(t.db, {
    ...{ environment: 'test', name: 'foreign', groupId: other.id, type: 'nodejs', port: 6000 },
    ...{ gitUrl: 'https://git.example.com/other.git', branch: 'main', settings: defaultProjectSettings },
    ...{ template: null, env: [], notes: null },
  });
  await placements.add(t.db, { projectId: foreign.id, hostId: shop.hostIds[0]!, processes: 1, env: [] });
  testId = shop.test.id;
  for (const [thing, project] of Object.entries({ test: shop.test, online: shop.online, foreign }))
    names[thing as Thing] = await namesOf(project);
  names.missing = { project: 'test_none', operation: ulid(), placement: ulid(), ticket: ulid() };
  const settings = readConfig({ CEDAR_LANGUAGE: 'en', CEDAR_API_PER_MINUTE: '100000' });
  t.app = buildApp({
    ...t,
    settings,
    sessionSecret: 'a secret for tests alone, of length',
    endpoints: asked,
  });
});
afterAll(() => t.end());

async function namesOf(project: Project) {
  const [placement] = await placements.ofProject(t.db, project.id);
  const by = { id: ulid(), username: 'ada', displayName: 'Ada' };
  const wish = { kind: 'restart' as const, projectId: project.id, hostIds: [placement!.hostId], by };
  const operation = (await launch(t.db, wish)).id;
  return {
    project: project.key,
    operation,
    placement: placement!.id,
    ticket: await ticketFor(t.db, project),
  };
}

function pathOf(one: Endpoint, thing: Thing): string {
  return one.path.replace(/:(\w+)/g, (_, name: string) => names[thing][name] ?? '01ARZ3NDEKTSV4RRFFQ69G5FAV');
}

test('[S23] every address is in the table, once, with the scopes that it says', () => {
  const lines = Object.values(table).flatMap((part) => part.split(', '));
  expect(lines.sort()).toEqual(allEndpoints.map(nameOf).sort());
  for (const one of allEndpoints.filter(({ guard }) => guard !== 'public'))
    expect(one.scopes, nameOf(one)).toEqual(scopesFor(one, needOf(one)));
});

test('[S23] nobody comes in without a token', async () => {
  for (const one of asked.filter(({ guard }) => guard !== 'public')) {
    const call = request(t.app)[one.method.toLowerCase() as 'get'](pathOf(one, 'test'));
    expect((await call).status, nameOf(one)).toBe(401);
  }
});

describe.each(everybody)('%s', (_name, who) => {
  test('[S23] [S27] comes in where the table says, and nowhere else', async () => {
    await t.grant({ config: who.config, deploy: who.deploy });
    const reach = who.narrow ? { groups: [], projects: [testId] } : null;
    const by: Program = await program(t, { of: who.of, scopes: who.scopes, reach });
    const wrong: string[] = [];
    for (const one of asked)
      for (const thing of /:(project|operation|ticket)/.test(one.path) ? things : (['test'] as const)) {
        const got = (await by.call(one.method, pathOf(one, thing))).status;
        const want = expected(one, who, thing);
        if (got !== want) wrong.push(`${nameOf(one)} ${thing}: ${got}, not ${want}`);
      }
    expect(wrong).toEqual([]);
  });
});

test('an address without a guard or a scope does not start', () => {
  const settings = readConfig({});
  const start = (endpoints: Endpoint[]) =>
    buildApp({ ...t, settings, sessionSecret: 'a secret for tests alone, of length', endpoints });
  const [one] = allEndpoints.filter(({ guard }) => guard === 'token');
  expect(() => start([{ ...one!, scopes: [] }])).toThrow('has no guard or no scope');
  expect(() => start([{ ...one!, guard: undefined } as unknown as Endpoint])).toThrow(
    'has no guard or no scope',
  );
});
