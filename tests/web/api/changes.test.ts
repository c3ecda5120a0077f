import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as hosts from '../../../src/store/hosts.ts';
import * as projects from '../../../src/store/projects.ts';
import { type Town, town } from '../people.ts';
import { type Shop, shopIn } from '../shop.ts';
import { type Program, program } from './programs.ts';

let t: Town;
let shop: Shop;
let admin: Program;
let member: Program;

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  await t.grant({ config: true, deploy: false });
  admin = await program(t, { scopes: ['config', 'read'] });
  member = await program(t, { of: 'member', scopes: ['config'] });
});
afterAll(() => t.end());
beforeEach(() => t.db('locks').update({ operation_id: null, held_since: null, owner: null }));

const path = '/api/v1/projects/test_shop';
const now = async () => (await projects.byId(t.db, shop.test.id))!;
const patch = (by: Program, body: object, match?: string) => {
  const call = by.call('PATCH', path);
  return (match === undefined ? call : call.set('If-Match', match)).send(body);
};

describe('a project', () => {
  test('is changed where it is as it was read, and only what is said', async () => {
    const read = await admin.get(path);
    const before = await now();
    const answer = await patch(admin, { branch: 'next', keep: 3, checkHttp: false }, read.headers.etag);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const after = await now();
    expect(after).toMatchObject({
      branch: 'next',
      gitUrl: before.gitUrl,
      port: before.port,
      env: before.env,
    });
    expect(after.settings).toEqual({
      ...before.settings,
      ...{ keep: 3, checks: { ...before.settings.checks, http: false } },
    });
    expect(answer.headers.etag).toBe(`"${after.revision}"`);
    const audit = await t.db('audit').where({ action: 'project.change' }).first();
    expect(audit).toMatchObject({ via: 'api', actor: expect.stringMatching(/^token:admin\//) });
    expect(JSON.parse(audit.after)).toMatchObject({ branch: 'next' });
    const late = await patch(admin, { branch: 'other' }, read.headers.etag);
    expect([late.status, late.body.code]).toEqual([412, 'outdated']);
    expect((await patch(admin, { branch: 'other' })).status).toBe(428);
    expect((await now()).branch).toBe('next');
  });

  test.each([
    [{ gitUrl: 'ext::sh -c touch% C' }, 'gitUrl'],
    [{ gitUrl: 'https://u:p@h/x.git' }, 'gitUrl'],
    [{ branch: '--output=/tmp/C' }, 'branch'],
    [{ port: 70000 }, 'port'],
    [{ port: null }, 'port'],
    [{ output: '../../etc' }, 'output'],
    [{ shared: '../x' }, 'shared'],
    [{ checkPath: '@evil/' }, 'checkPath'],
    [{ groupId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'groupId'],
    [{ scaling: { floor: 9, ceiling: 3 } }, 'scaling'],
    [{ strategy: { batch: '0' } }, 'strategy.batch'],
  ])('the validators of its form judge %j', async (body, field) => {
    const answer = await patch(admin, body, '*');
    expect([answer.status, answer.body.field], JSON.stringify(answer.body)).toEqual([422, field]);
  });

  test.each([
    [{ name: '../../etc' }, 'name'],
    [{ name: 'shop' }, 'name'],
    [{ environment: 'nowhere' }, 'environment'],
    [{ environment: 'online' }, 'environment'],
    [{ type: 'cobol' }, 'type'],
  ])('a new one with %j is refused', async (wrong, field) => {
    const body = { environment: 'test', name: 'fresh', type: 'nodejs', groupId: t.groupId, port: 7000 };
    const gitUrl = 'https://git.example.com/fresh.git';
    const answer = await member.post('/api/v1/projects', { ...body, gitUrl, ...wrong });
    expect([answer.status, answer.body.field], JSON.stringify(answer.body)).toEqual([422, field]);
  });

  test('options of its type go by name, and a secret never comes back', async () => {
    const body = { environment: 'test', name: 'goer', type: 'golang', groupId: t.groupId, port: 7100 };
    const gitUrl = 'https://git.example.com/goer.git';
    const wrong = await admin.post('/api/v1/projects', { ...body, gitUrl, options: { nonsense: '1' } });
    expect([wrong.status, wrong.body.field]).toEqual([400, 'options.nonsense']);
    const made = await admin.post('/api/v1/projects', { ...body, gitUrl });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const id = made.body.id;
    const registry = { ...made.body.settings.registry, options: { token: t.vault.seal('very secret') } };
    const { settings, revision } = (await projects.byId(t.db, id))!;
    await projects.update(t.db, id, revision, { settings: { ...settings, registry } });
    const read = await admin.get('/api/v1/projects/test_goer');
    expect(JSON.stringify(read.body)).not.toMatch(/v1\.[0-9a-f]{8}\./);
    expect(read.body.settings.registry.options.token).toBe('••••');
  });
});

describe('who may', () => {
  test('config in test does not reach production, and a token of one project makes no other', async () => {
    expect(
      (await member.call('PATCH', '/api/v1/projects/online_shop').set('If-Match', '*').send({})).status,
    ).toBe(403);
    const narrow = await program(t, { scopes: ['config'], reach: { groups: [], projects: [shop.test.id] } });
    const body = { environment: 'test', name: 'n', type: 'nodejs', groupId: t.groupId, port: 7001 };
    const answer = await narrow.post('/api/v1/projects', {
      ...body,
      gitUrl: 'https://git.example.com/n.git',
    });
    expect([answer.status, answer.body.field]).toEqual([422, 'groupId']);
    expect((await narrow.post('/api/v1/hosts', { address: '192.0.2.61' })).status).toBe(403);
    expect((await member.post('/api/v1/hosts', { address: '192.0.2.61' })).status).toBe(403);
  });
});

describe('a host', () => {
  test('is added with its key, changed in part, and keeps its password to itself', async () => {
    const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'B'.repeat(43)}`;
    const wish = {
      address: '192.0.2.70',
      name: 'db1',
      hostKey,
      sshUser: 'ops',
      supervisorPassword: 'pass word',
    };
    const made = await admin.post('/api/v1/hosts', wish);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({ name: 'db1', fingerprint: expect.stringMatching(/^SHA256:/) });
    const changed = await admin.call('PATCH', '/api/v1/hosts/db1').send({ notes: 'cellar', sshUser: null });
    expect(changed.body).toMatchObject({ notes: 'cellar', settings: { hasSupervisorPassword: true } });
    const { settings } = (await hosts.byName(t.db, 'db1'))!;
    expect(settings.sshUser).toBeUndefined();
    expect(t.vault.open(settings.supervisorPassword!)).toBe('pass word');
    expect(JSON.stringify([made.body, changed.body, await t.db('audit')])).not.toContain('pass word');
  });

  test('[S83] takes another key in place of the accepted one only with a reason, which is kept', async () => {
    const key = (letter: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${letter.repeat(43)}`;
    const made = await admin.post('/api/v1/hosts', { address: '192.0.2.73', hostKey: key('B') });
    const place = `/api/v1/hosts/${made.body.id}`;
    const patchHost = (body: object) => admin.call('PATCH', place).send(body);
    expect((await patchHost({ hostKey: key('B'), notes: 'same' })).status).toBe(200);
    const bare = await patchHost({ hostKey: key('D'), reason: ' ' });
    expect([bare.status, bare.body.field]).toEqual([422, 'reason']);
    expect((await admin.get(place)).body.fingerprint).toBe(made.body.fingerprint);
    const told = await patchHost({ hostKey: key('D'), reason: 'reinstalled' });
    expect(told.body.fingerprint).not.toBe(made.body.fingerprint);
    const row = await t.db('audit').where({ action: 'host.change', reason: 'reinstalled' }).first();
    expect(JSON.parse(row.before)).toEqual({ hostKeyFingerprint: made.body.fingerprint });
    expect(JSON.parse(row.after)).toEqual({ hostKeyFingerprint: told.body.fingerprint });
  });

  test('[S85] takes an exception for its old ssh only with a reason, keeps it, and gives it up', async () => {
    const place = `/api/v1/hosts/${(await admin.post('/api/v1/hosts', { address: '192.0.2.74' })).body.id}`;
    const patchHost = (body: object) => admin.call('PATCH', place).send(body);
    expect((await admin.get(place)).body.weakSsh).toBeNull();
    const bare = await patchHost({ weakSsh: true });
    expect([bare.status, bare.body.field]).toEqual([422, 'weakSshReason']);
    expect((await member.call('PATCH', place).send({ weakSsh: true, weakSshReason: 'x' })).status).toBe(403);
    const weakSsh = { reason: 'until March', by: 'admin', at: expect.any(String) };
    const set = await patchHost({ weakSsh: true, weakSshReason: 'until March' });
    expect(set.body).toMatchObject({ weakSsh });
    expect((await patchHost({ notes: 'cellar' })).body).toMatchObject({ weakSsh: set.body.weakSsh });
    expect((await patchHost({ weakSsh: false })).body.weakSsh).toBeNull();
  });

  test.each([
    [{ address: '-oProxyCommand=touch C' }, 'address'],
    [{ address: '127.0.0.1' }, 'address'],
    [{ address: '192.0.2.71', sshUser: 'root -o' }, 'sshUser'],
    [{ address: '192.0.2.71', sshPort: 0 }, 'sshPort'],
    [{ address: '192.0.2.71', hostPath: '/a/../b' }, 'hostPath'],
    [{ address: '192.0.2.71', hostKey: 'SHA256:x' }, 'hostKey'],
    [{ address: '192.0.2.1' }, 'address'],
  ])('the validators of its form judge %j', async (body, field) => {
    const answer = await admin.post('/api/v1/hosts', body);
    expect([answer.status, answer.body.field], JSON.stringify(answer.body)).toEqual([422, field]);
  });
});

describe('a placement', () => {
  test('takes no port of another project, and belongs to its own one', async () => {
    const all = (await admin.get(`${path}/placements`)).body.items;
    const change = (project: string, processes: number) =>
      admin.call('PATCH', `/api/v1/projects/${project}/placements/${all[0].id}`).send({ processes });
    expect((await change('test_shop', 3)).body).toMatchObject({ processes: 3, ports: [4000, 4001, 4002] });
    expect((await change('online_shop', 1)).status).toBe(404);
    expect((await change('test_shop', 101)).body.field).toBe('processes');
  });

  test('is made and ended by operations', async () => {
    const again = await admin.post(`${path}/placements`, { host: 'web1' });
    expect([again.status, again.body.code]).toEqual([409, 'host_placed']);
    expect((await admin.post(`${path}/placements`, { host: 'nobody' })).body.field).toBe('host');
    const made = await admin.post(`${path}/placements`, { host: 'db1' });
    expect([made.status, made.body.kind]).toEqual([202, 'add-host']);
  });
});
