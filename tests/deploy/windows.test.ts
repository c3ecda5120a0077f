import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { admitAgain } from '../../src/deploy/admission.ts';
import { launch, type Request } from '../../src/deploy/launch.ts';
import type { Run } from '../../src/deploy/run.ts';
import { CedarError } from '../../src/errors.ts';
import { defaultRules, type Scope } from '../../src/model/window.ts';
import * as channels from '../../src/store/channels.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as operations from '../../src/store/operations.ts';
import * as users from '../../src/store/users.ts';
import * as windows from '../../src/store/windows.ts';
import { type Town, town } from '../web/people.ts';
import { type Shop, shopIn } from '../web/shop.ts';

let t: Town;
let shop: Shop;
const people: Record<string, Request['by']> = {};
const on = (kind: Scope['kind'], id: string): Scope => ({ kind, id });
const HOUR = 3_600_000;

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  await t.grant({ config: true, deploy: true });
  for (const user of await users.all(t.db)) people[user.username] = user;
});
afterAll(() => t.end());
afterEach(async () => {
  for (const { id } of await windows.all(t.db)) await windows.remove(t.db, id);
  for (const { id } of await freezes.endingAfter(t.db, 0)) await freezes.remove(t.db, id);
  await windows.setRules(t.db, defaultRules);
});

/** A window that opens in ten years, and never before. */
const closed = (scope: Scope) =>
  windows.add(t.db, { scope, zone: 'UTC', hours: '', extra: '2036-01-01 10:00-11:00' });
const open = (scope: Scope) =>
  windows.add(t.db, { scope, zone: 'Asia/Shanghai', hours: 'daily 00:00-24:00', extra: '' });
const frozen = (scope: Scope, from = -HOUR, to = HOUR) => {
  const [begin, end] = [Date.now() + from, Date.now() + to];
  return freezes.add(t.db, { scope, from: begin, to: end, reason: 'stocktaking', by: 'Ada' });
};

/** Starts one and ends it again, so that its lock is free: the code of what refused it, or `begun`. */
async function tried(wish: Partial<Request> = {}): Promise<string> {
  const { online: project, hostIds } = shop;
  const request = { kind: 'deploy' as const, projectId: project.id, hostIds, by: people.member!, ...wish };
  try {
    await launch(t.db, request);
    await t.db('locks').delete();
    return 'begun';
  } catch (error) {
    if (error instanceof CedarError) return error.code;
    throw error;
  }
}

test('without windows and freezes anything may begin', async () => {
  expect(await tried()).toBe('begun');
});

test('[S30] a closed window binds deploy and promote; restart, stop, rollback and expansion are free', async () => {
  await closed(on('environment', 'online'));
  expect(await tried()).toBe('window_closed');
  expect(await tried({ relation: 'resume' })).toBe('window_closed');
  const kinds = ['restart', 'stop', 'put-back', 'expansion', 'reduction', 'prepare'] as const;
  for (const kind of kinds) expect(`${kind} ${await tried({ kind })}`).toBe(`${kind} begun`);
  expect(await tried({ kind: 'rollback' })).toBe('no_such_release');
  expect(await tried({ projectId: shop.test.id })).toBe('begun');
});

test('[S30] which operations a window binds is a setting', async () => {
  await closed(on('environment', 'online'));
  await windows.setRules(t.db, { ...defaultRules, kinds: ['restart'] });
  expect(await tried({ kind: 'restart' })).toBe('window_closed');
  expect(await tried()).toBe('begun');
});

test('the most specific window rules, and exempt groups and projects have none', async () => {
  await closed(on('environment', 'online'));
  await open(on('project', shop.online.id));
  expect(await tried()).toBe('begun');
  await windows.remove(t.db, (await windows.all(t.db)).find(({ scope }) => scope.kind === 'project')!.id);
  await open(on('group', t.groupId));
  expect(await tried()).toBe('begun');
  await windows.remove(t.db, (await windows.all(t.db)).find(({ scope }) => scope.kind === 'group')!.id);
  expect(await tried()).toBe('window_closed');
  await windows.setRules(t.db, { ...defaultRules, exemptGroups: [t.groupId] });
  expect(await tried()).toBe('begun');
  await windows.setRules(t.db, { ...defaultRules, exemptProjects: [shop.online.id] });
  expect(await tried()).toBe('begun');
});

test('a freeze wins over an open window and over exemptions, in its time alone', async () => {
  await open(on('project', shop.online.id));
  await windows.setRules(t.db, { ...defaultRules, exemptProjects: [shop.online.id] });
  await frozen(on('everything', ''), HOUR, 2 * HOUR);
  expect(await tried()).toBe('begun');
  await frozen(on('everything', ''));
  expect(await tried()).toBe('frozen');
  expect(await tried({ projectId: shop.test.id })).toBe('begun');
  expect(await tried({ kind: 'restart' })).toBe('begun');
});

test('[S30] an admin passes with a reason, which is audited and told; nobody else does', async () => {
  const robot = await channels.add(t.db, {
    ...{ kind: 'dingtalk', name: 'robot', groupId: null, options: {} },
  });
  await channels.choose(t.db, `group:${t.groupId}`, robot);
  await closed(on('environment', 'online'));
  expect(await tried({ by: people.admin! })).toBe('window_closed');
  expect(await tried({ by: people.admin!, pass: '  ' })).toBe('window_closed');
  expect(await tried({ by: people.member!, pass: 'please' })).toBe('window_closed');
  expect(
    await t.db('audit').where({ action: 'operation.deploy' }).where('after', 'like', '%passed%'),
  ).toEqual([]);
  const { online: project, hostIds } = shop;
  const request = { kind: 'deploy' as const, projectId: project.id, hostIds, by: people.admin! };
  const { id } = await launch(t.db, { ...request, pass: 'the shop is on fire' });
  const passed = { gates: ['window'], reason: 'the shop is on fire' };
  expect((await operations.byId(t.db, id))?.admission?.passed).toEqual(passed);
  const row = await t.db('audit').where('after', 'like', `%${id}%`).first();
  expect(JSON.parse(row.after).passed).toEqual(passed);
  const notice = await t.db('notices').where({ topic: 'passed', operation_id: id }).first();
  expect(notice.body).toContain('the shop is on fire');
});

test('[S30] a window that closes before a worker begins ends the operation; one that has begun goes on', async () => {
  await t.db('locks').delete();
  const { online: project, hostIds } = shop;
  const operation = await launch(t.db, {
    ...{ kind: 'deploy', projectId: project.id, hostIds, by: people.member! },
  });
  const run = (states: string[]) =>
    ({
      ...{ operation, forms: [], journal: async () => states.map((state) => ({ state })) },
      write: <T>(deed: (db: typeof t.db) => Promise<T>) => deed(t.db),
      read: <T>(question: (db: typeof t.db) => Promise<T>) => question(t.db),
    }) as unknown as Run;
  await admitAgain(run(['pending', 'pending']));
  await closed(on('environment', 'online'));
  await expect(admitAgain(run(['pending', 'pending']))).rejects.toMatchObject({
    failure: { code: 'window_closed' },
  });
  const told = await t.db('audit').where({ via: 'worker', reason: 'window_closed' });
  expect(told).toMatchObject([
    { actor: 'member', action: 'operation.deploy', object: `project:${project.key}`, result: 'refused' },
  ]);
  expect(JSON.parse(told[0].after)).toEqual({ operation: operation.id });
  await admitAgain(run(['done', 'pending']));
  const passed = { via: 'web', by: 'admin', tokenId: null, passed: { gates: ['window'], reason: 'fire' } };
  Object.assign(operation, { admission: passed });
  await admitAgain(run(['pending', 'pending']));
});
