import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addHost } from '../../src/deploy/add-host.ts';
import { expand } from '../../src/deploy/expand.ts';
import type { CedarError } from '../../src/errors.ts';
import type { Host } from '../../src/model/host.ts';
import { type HostAllowed, unwelcome } from '../../src/model/host-allowed.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import { join } from '../../src/store/joining.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as users from '../../src/store/users.ts';
import { program } from './api/programs.ts';
import { type Town, town } from './people.ts';
import { type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
const foreign = ulid();
const machine: Record<string, Host> = {};
const ids: Record<string, string> = {};
let path: string;

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  await groups.add(t.db, { id: foreign, name: 'foreign', notes: null });
  for (const { id, username } of await users.all(t.db)) ids[username] = id;
  const draft = (environment: string, name: string, groupId: string, port: number) =>
    projects.add(t.db, {
      ...{ environment, name, groupId, port, type: 'nodejs', branch: 'main', template: null },
      ...{ gitUrl: 'https://git.example.com/a.git', settings: defaultProjectSettings, env: [], notes: null },
    });
  const there = {
    empty: null,
    ours: await draft('test', 'ours', t.groupId, 6000),
    production: await draft('online', 'ours', t.groupId, 6100),
    foreign: await draft('test', 'theirs', foreign, 6200),
  };
  let last = 10;
  for (const [name, project] of Object.entries(there)) {
    const host = await hosts.add(t.db, { name, address: `192.0.2.${last++}`, settings: {}, notes: null });
    machine[name] = await hosts.pin(t.db, host.id, { key: 'AAAA', fingerprint: 'SHA256:x', by: 'admin' });
    if (project)
      await placements.add(t.db, { projectId: project.id, hostId: host.id, processes: 1, env: [] });
  }
  path = `/projects/${shop.test.key}/hosts`;
});
beforeEach(async () => {
  await t.db('locks').delete();
  await t.db('hosts').update({ allowed: null });
  await t.grant({ config: true, deploy: false });
});
afterAll(() => t.end());

const allow = (name: string, allowed: Partial<HostAllowed>) =>
  t
    .db('hosts')
    .where({ id: machine[name]!.id })
    .update({ allowed: JSON.stringify({ environments: [], groups: [], ...allowed }) });

/** What placing the test project there comes to; what began is taken back. */
async function placed(name: string, who = 'member', project = shop.test): Promise<string> {
  const by = { id: ids[who]!, username: who, displayName: who };
  try {
    await t.db.transaction(async (trx) => {
      await addHost(trx, { projectId: project.id, hostId: machine[name]!.id, by, via: 'web' });
      throw new Error('begins');
    });
    return 'committed';
  } catch (error) {
    return (error as CedarError).code ?? (error as Error).message;
  }
}

test('a project is placed on empty machines and on those of its group that do not serve production', async () => {
  expect(await placed('empty')).toBe('begins');
  expect(await placed('ours')).toBe('begins');
  expect(await placed('production')).toBe('host_of_production');
  expect(await placed('foreign')).toBe('host_of_other_group');
  for (const name of ['empty', 'ours', 'production', 'foreign'])
    expect(await placed(name, 'admin')).toBe('begins');
});

test('a production project may join production, and no other group’s machine', async () => {
  expect(await placed('production', 'member', shop.online)).toBe('begins');
  expect(await placed('foreign', 'member', shop.online)).toBe('host_of_other_group');
});

test('what a machine allows opens it to those, and closes it to everybody else, admins too', async () => {
  await allow('production', { environments: ['test', 'online'] });
  expect(await placed('production')).toBe('begins');
  await allow('foreign', { groups: [t.groupId, foreign] });
  expect(await placed('foreign')).toBe('begins');
  await allow('empty', { groups: [foreign] });
  for (const who of ['member', 'admin']) expect(await placed('empty', who)).toBe('host_not_for_group');
  await allow('empty', { environments: ['online'] });
  for (const who of ['member', 'admin']) expect(await placed('empty', who)).toBe('host_not_for_environment');
  await allow('foreign', { environments: ['test'] });
  expect(await placed('foreign')).toBe('host_of_other_group');
});

test('every way in is judged: the page, the interface, an expansion, and the moment at which it joins', async () => {
  const page = (await t.member.get(path)).text;
  expect(page).toContain(`value="${machine.empty!.id}"`);
  expect(page).not.toContain(`value="${machine.foreign!.id}"`);
  const form = { hostId: machine.foreign!.id, processes: '1' };
  const refused = await t.member.post(path, form, path);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('foreign serves another group');
  const token = await program(t, { of: 'member', scopes: ['config', 'expand', 'deploy'] });
  const placing = await token.post(`/api/v1/projects/${shop.test.key}/placements`, { host: 'production' });
  expect([placing.status, placing.body.code]).toEqual([403, 'host_of_production']);
  const wish = { projectId: shop.test.id, address: machine.foreign!.address, via: 'api' as const };
  const by = { id: ids.member!, username: 'token:x', displayName: 'x' };
  await expect(expand(t.db, { ...wish, by })).rejects.toMatchObject({ code: 'host_of_other_group' });
  const operation = await addHost(t.db, {
    ...{ projectId: shop.test.id, hostId: machine.empty!.id, by, via: 'api' },
  });
  await allow('empty', { groups: [foreign] });
  const { snapshot } = operation;
  const joining = t.db.transaction((trx) =>
    join(trx, operation, snapshot.hosts[0]!, snapshot.params.arrival!),
  );
  await expect(joining).rejects.toMatchObject({ code: 'host_not_for_group' });
  expect(await t.db('audit').where({ result: 'refused' }).where('object', 'like', `%${path}`)).toHaveLength(
    1,
  );
});

test('admins say on a machine’s page, or by the interface, what it is for; both are audited', async () => {
  const { id, address } = machine.empty!;
  const edit = `/hosts/${id}/edit`;
  const form = { address, name: 'empty', notes: '', allowedEnvironments: 'test', allowedGroups: [foreign] };
  const settings = Object.fromEntries(
    [...(await t.admin.get(edit)).text.matchAll(/name="((?:ssh|host|log|sup|cron)\w*)"/g)].map(([, name]) => [
      name!,
      '',
    ]),
  );
  expect((await t.admin.post(`/hosts/${id}`, { ...settings, ...form }, edit)).status).toBe(303);
  expect((await hosts.byId(t.db, id))!.allowed).toEqual({ environments: ['test'], groups: [foreign] });
  expect((await t.admin.get(edit)).text).toMatch(new RegExp(`value="${foreign}" selected`));
  const odd = await t.admin.post(`/hosts/${id}`, { ...settings, ...form, allowedGroups: 'nobody' }, edit);
  expect(odd.status).toBe(422);
  const row = await t
    .db('audit')
    .where({ action: 'host.change', result: 'ok' })
    .orderBy('id', 'desc')
    .first();
  expect(row.after).toContain(foreign);
  const token = await program(t, { scopes: ['config', 'read'] });
  const patch = (body: object) => token.call('PATCH', `/api/v1/hosts/${id}`).send(body);
  const body = { allowedEnvironments: [], allowedGroups: [t.groupId] };
  const changed = await patch(body);
  expect([changed.status, changed.body.allowedGroups]).toEqual([200, [t.groupId]]);
  const kept = await patch({ notes: 'x' });
  expect(kept.body.allowedGroups).toEqual([t.groupId]);
  expect((await patch({ allowedEnvironments: ['mars'] })).status).toBe(422);
});

test('the rule itself: what is said beats what is seen', () => {
  const one = { environment: 'test', groupId: 'a', production: false };
  const production = { environment: 'online', groupId: 'a', production: true };
  const said = { environments: ['test'], groups: ['a'] };
  expect(unwelcome(said, one, [production, { ...one, groupId: 'b' }], false)).toBe(null);
  expect(unwelcome({ environments: [], groups: ['a'] }, one, [production], false)).toBe('host_of_production');
});
