import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as hosts from '../../src/store/hosts.ts';
import * as projects from '../../src/store/projects.ts';
import { program } from '../web/api/programs.ts';
import { type Town, town } from '../web/people.ts';
import { projectSettings } from '../web/setup-forms.ts';
import { type Run, runIn, type Shop, shopIn } from '../web/shop.ts';

let t: Town;
let shop: Shop;
let run: Run;
beforeAll(async () => {
  t = await town({ CEDAR_API_PER_MINUTE: '100000' });
  shop = await shopIn(t);
  run = await runIn(t, shop, shop.online);
});
afterAll(() => t.end());

/** Every connection to a host begins with a row that a worker claims: without one nobody is called. */
async function begun(): Promise<number> {
  const [operations, questions] = [t.db('operations').count({ n: '*' }), t.db('questions').count({ n: '*' })];
  return Number((await operations)[0]?.n) + Number((await questions)[0]?.n);
}

test('[S25] hosts of others, unknown ones, one twice, none and ten thousand are refused; nothing begins', async () => {
  await t.grant({ config: false, deploy: true });
  const stranger = await hosts.add(t.db, { name: 'db1', address: '192.0.2.9', settings: {}, notes: null });
  const form = { kind: 'deploy', ref: 'main', idempotencyKey: ulid() };
  const many = Array.from({ length: 10_001 }, () => ulid());
  const [own] = shop.hostIds;
  const before = await begun();
  const page = '/projects/test_shop';
  for (const chosen of [[stranger.id], [own!, stranger.id], ['192.0.2.77'], [ulid()], [], many]) {
    const answer = await t.member.post(`${page}/operations`, { ...form, hosts: chosen }, page);
    expect([400, 413, 422], chosen.slice(0, 3).join()).toContain(answer.status);
  }
  const by = await program(t, { scopes: ['deploy'] });
  for (const chosen of [['db1'], ['192.0.2.77'], ['web1', 'db1'], ['web1', 'web1'], many, 'web1', [{}]]) {
    const answer = await by.post('/api/v1/projects/test_shop/operations', {
      ...{ kind: 'deploy', ref: 'main', hosts: chosen },
    });
    expect(answer.status, JSON.stringify(chosen).slice(0, 60)).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  }
  expect(await begun()).toBe(before);
});

/** What tells one answer from another; ids and names of the request itself are taken out. */
const bare = (text: string, ...names: string[]) =>
  names
    .reduce((left, name) => left.replaceAll(name, '-'), text)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}/g, '-');

test('[S27] what is foreign looks like what is missing, and counting finds nothing', async () => {
  const missing = ulid();
  for (const part of ['', '/part', '/log', '/raw', '/events']) {
    const there = await t.outsider.get(`/operations/${run.operation.id}${part}`);
    const nowhere = await t.outsider.get(`/operations/${missing}${part}`);
    expect([there.status, nowhere.status], part).toEqual([404, 404]);
    expect(bare(there.text, run.operation.id)).toBe(bare(nowhere.text, missing));
  }
  for (const part of [
    '',
    '/settings',
    '/variables',
    '/history',
    '/plan',
    '/deploy',
    '/hosts',
    '/files',
    '/template',
  ]) {
    const there = await t.outsider.get(`/projects/online_shop${part}`);
    const nowhere = await t.outsider.get(`/projects/online_none${part}`);
    expect([there.status, nowhere.status], part).toEqual([404, 404]);
    expect(bare(there.text, 'online_shop')).toBe(bare(nowhere.text, 'online_none'));
  }
  const by = await program(t, { of: 'outsider', scopes: ['read'] });
  for (let id = 1; id <= 1000; id++) expect((await by.get(`/api/v1/operations/${id}`)).status).toBe(404);
  for (const id of [1, 2, 3, 1000]) expect((await t.outsider.get(`/operations/${id}`)).status).toBe(404);
});

test('[S28] who may configure but not deploy changes no command of an online project', async () => {
  await t.grant({ config: true, deploy: false });
  const before = await projects.byKey(t.db, 'online_shop');
  const hostile = { ...projectSettings({ groupId: t.groupId, command: 'touch /tmp/c' }), revision: '1' };
  const deeds: [string, Record<string, string>][] = [
    ['settings', hostile],
    ['hooks', { beforeBuild: 'touch /tmp/c' }],
    ['template', { template: '[program:x]' }],
    ['variables', { variables: 'A=1' }],
    ['files', { path: 'a', text: 'b' }],
    ['traffic', {}],
    ['strategy', {}],
    ['webhooks', {}],
  ];
  for (const [part, form] of deeds)
    expect((await t.member.post(`/projects/online_shop/${part}`, form)).status, part).toBe(403);
  const by = await program(t, { of: 'member', scopes: ['config'] });
  const call = by.call('PATCH', '/api/v1/projects/online_shop').set('If-Match', '*');
  expect((await call.send({ command: 'touch /tmp/c' })).status).toBe(403);
  expect(await projects.byKey(t.db, 'online_shop')).toEqual(before);
  await t.grant({ config: true, deploy: true });
  const good = {
    ...projectSettings({ groupId: t.groupId, command: 'make all', port: '5000' }),
    revision: String(before!.revision),
  };
  expect((await t.member.post('/projects/online_shop/settings', good)).status).toBe(303);
  const row = await t.db('audit').where({ action: 'project.change', object: 'project:online_shop' }).first();
  expect(JSON.parse(row.after).build.command).toBe('make all');
  expect(JSON.parse(row.before).build?.command).not.toBe('make all');
  expect((await projects.byKey(t.db, 'online_shop'))!.revision).toBeGreaterThan(before!.revision);
});

const injections = [
  "' OR 1=1--",
  '%',
  '_',
  '(select 1)',
  '1;DROP TABLE users',
  '\u{1f600}',
  '\xbf\x27',
  'id; DROP TABLE users',
  '(case when 1=1 then id else 1 end)',
  '1e9',
  '-1',
  '[]',
  'null',
];

test('[S51] SQL in filters, pages, names and tokens stays a value', async () => {
  const by = await program(t, { scopes: ['read'], of: 'outsider' });
  for (const value of injections.map(encodeURIComponent)) {
    for (const name of [
      'project',
      'group',
      'environment',
      'kind',
      'person',
      'state',
      'from',
      'before',
      'sort',
      'page',
    ]) {
      const answer = await t.outsider.get(`/history?${name}=${value}`);
      expect(answer.status, `${name}=${value}`).toBeLessThan(500);
      expect(answer.text, `${name}=${value}`).not.toContain(run.operation.id);
    }
    for (const query of ['limit', 'before', 'kind', 'project', 'sort', 'order']) {
      const answer = await by.get(`/api/v1/operations?${query}=${value}`);
      expect(answer.status, `${query}=${value}`).toBeLessThan(500);
      expect(answer.text).not.toContain(run.operation.id);
    }
    for (const query of [`${value}[]=1`, `project[$ne]=${value}`, `project=${value}&project=2`])
      expect((await t.outsider.get(`/history?${query}`)).status).toBeLessThan(500);
    for (const path of [
      '/audit',
      '/tickets',
      '/projects',
      '/statistics',
      '/statistics/operations',
      '/notices',
    ])
      for (const name of [
        'q',
        'before',
        'sort',
        'order',
        'limit',
        'page',
        'of',
        'actor',
        'action',
        'object',
        'state',
      ])
        expect((await t.admin.get(`${path}?${name}=${value}`)).status, `${path} ${name}`).toBeLessThan(500);
    expect((await t.admin.get(`/projects/${value}`)).status).toBe(404);
    expect((await by.get(`/api/v1/hosts/${value}`)).status).toBe(404);
  }
  for (const bytes of ['%bf%27', '%bf%5c%27', '%27%20OR%201=1--'])
    for (const path of ['/history?project=', '/audit?q=', '/tickets?q='])
      expect((await t.outsider.get(path + bytes)).text, path + bytes).not.toContain(run.operation.id);
  expect((await by.get('/api/v1/operations?limit=1e9')).status).toBe(400);
  for (const value of ['is not null', '{"$ne":1}', "' OR 1=1--", 'null', 'true', '[object Object]', '*'])
    expect((await by.get('/api/v1/projects').set('Authorization', `Bearer ${value}`)).status, value).toBe(
      401,
    );
  for (const name of injections.filter((one) => one !== '-1')) {
    const added = await t.admin.post('/groups', { name: `g ${name}`, notes: name });
    expect([303, 422]).toContain(added.status);
    if (added.status === 303)
      expect(
        (
          await t
            .db('project_groups')
            .where({ name: `g ${name}` })
            .first()
        )?.notes,
      ).toBe(name);
  }
  expect(await t.db('users').count({ n: '*' })).toEqual([{ n: 3 }]);
});
