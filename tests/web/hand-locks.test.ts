import { ulid } from 'ulid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launch } from '../../src/deploy/launch.ts';
import * as grants from '../../src/store/grants.ts';
import * as groups from '../../src/store/groups.ts';
import * as handLocks from '../../src/store/hand-locks.ts';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
import * as users from '../../src/store/users.ts';
import { program } from './api/programs.ts';
import { Browser, password, type Town, town } from './people.ts';
import { runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
const ids: Record<string, string> = {};

beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  for (const user of await users.all(t.db)) ids[user.username] = user.id;
});
beforeEach(async () => {
  await t.db('hand_locks').delete();
  await t.grant({ config: false, deploy: false });
});
afterAll(() => t.end());

const locked = (kind: 'everything' | 'environment' | 'group' | 'project', id: string, more = {}) =>
  handLocks.add(t.db, {
    ...{ scope: { kind, id }, warning: false, reason: 'incident 12', by: 'Admin', byAdmin: true },
    ...{ since: Date.now(), until: null, ...more },
  });

/** Whether it was let begin; what began is taken back. */
async function begins(of = shop.test, pass: string | null = null, who = 'admin'): Promise<string> {
  const by = { id: ids[who]!, username: who, displayName: who };
  try {
    await t.db.transaction(async (trx) => {
      await launch(trx, { kind: 'restart', projectId: of.id, hostIds: shop.hostIds, by, pass });
      throw new Error('begins');
    });
    return 'committed';
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
}

test('a lock holds on its project, group or environment, or on everything, until it ends or is lifted', async () => {
  const scopes = [
    ['everything', '', 'hand_locked', 'hand_locked'],
    ['environment', 'test', 'hand_locked', 'begins'],
    ['group', t.groupId, 'hand_locked', 'hand_locked'],
    ['project', shop.online.id, 'begins', 'hand_locked'],
  ] as const;
  for (const [kind, id, inTest, online] of scopes) {
    const lock = await locked(kind, id);
    expect([kind, await begins(), await begins(shop.online)]).toEqual([kind, inTest, online]);
    await handLocks.lift(t.db, lock, 'Admin');
    expect([kind, await begins(), await begins(shop.online)]).toEqual([kind, 'begins', 'begins']);
  }
  await locked('everything', '', { until: Date.now() + 60_000 });
  expect(await begins()).toBe('hand_locked_until');
  await t.db('hand_locks').update({ until_at: Date.now() - 1 });
  expect(await begins()).toBe('begins');
});

test('a warning is shown and does not block; an admin passes a lock with a reason, a member does not', async () => {
  await locked('group', t.groupId, { warning: true, reason: 'slow disk' });
  expect(await begins()).toBe('begins');
  for (const path of ['/', `/projects/${shop.test.key}`, '/locks'])
    expect((await t.member.get(path)).text).toContain('Admin warns about');
  await locked('project', shop.test.id);
  expect(await begins(shop.test, 'the fix itself')).toBe('begins');
  expect(await begins(shop.test, ' ')).toBe('hand_locked');
  expect(await begins(shop.test, 'please', 'member')).toBe('hand_locked');
});

test('admins set and lift locks anywhere; everybody whom it concerns reads one sentence', async () => {
  const form = { scope: 'environment:online', reason: 'database moves', until: '2999-01-02T10:00' };
  expect((await t.member.post('/locks', form)).status).toBe(403);
  expect((await t.admin.post('/locks', form, '/locks')).status).toBe(303);
  const [lock] = await handLocks.holding(t.db, Date.now());
  const page = await t.member.get(`/projects/${shop.online.key}`);
  expect(page.text).toMatch(/admin locked .*online.* on .*, until .*2999.*: database moves/);
  expect((await t.member.get(`/projects/${shop.test.key}`)).text).not.toContain('database moves');
  expect((await t.member.post(`/locks/${lock!.id}/lift`)).status).toBe(403);
  expect((await t.admin.post(`/locks/${lock!.id}/lift`, {}, '/locks')).status).toBe(303);
  expect(await handLocks.holding(t.db, Date.now())).toEqual([]);
  expect((await t.admin.post(`/locks/${lock!.id}/lift`, {}, '/locks')).status).toBe(404);
  const audited = await t.db('audit').whereIn('action', ['lock.set', 'lock.lift']).orderBy('id');
  expect(audited.map(({ action, actor, result }) => [action, actor, result])).toEqual([
    ['lock.set', 'admin', 'ok'],
    ['lock.lift', 'admin', 'ok'],
  ]);
  expect(audited[1].before).toContain('database moves');
});

test('members lock projects that they may deploy, and lift what members set there', async () => {
  const path = `/projects/${shop.online.key}/locks`;
  expect((await t.member.post(path, { reason: 'mine', until: '' })).status).toBe(403);
  expect((await t.outsider.post(path, { reason: 'mine', until: '' })).status).toBe(404);
  await t.grant({ config: false, deploy: true });
  expect((await t.member.post(path, { reason: 'mine', until: '' }, path)).status).toBe(303);
  const byAdmin = await locked('project', shop.online.id);
  const lockOfTest = await locked('project', shop.test.id, { byAdmin: false });
  const own = (await handLocks.covering(t.db, shop.online, Date.now())).find(({ byAdmin: by }) => !by)!;
  expect((await t.member.post(`${path}/${byAdmin}/lift`)).status).toBe(404);
  expect((await t.member.post(`${path}/${lockOfTest}/lift`)).status).toBe(404);
  expect((await t.member.post(`${path}/${own.id}/lift`)).status).toBe(303);
  expect((await handLocks.covering(t.db, shop.online, Date.now())).map(({ id }) => id)).toEqual([byAdmin]);
});

test('what is wrong with a lock is told at the field, with what was typed', async () => {
  const past = await t.admin.post('/locks', {
    scope: 'everything:',
    reason: 'r1',
    until: '2001-01-01T00:00',
  });
  expect([past.status, past.text.includes('value="r1"')]).toEqual([422, true]);
  const strange = { scope: 'group:nowhere', reason: 'r', until: '' };
  expect((await t.admin.post('/locks', strange)).status).toBe(422);
  expect((await t.admin.post('/locks', { scope: 'everything:', reason: ' ', until: '' })).status).toBe(422);
  expect((await t.admin.post('/locks', { ...strange, by_admin: '1' })).status).toBe(400);
  expect(await handLocks.holding(t.db, Date.now())).toEqual([]);
});

test('[S31] only who may deploy there unlocks or cancels what another runs: with a reason, audited, under a new fence', async () => {
  const run = await runIn(t, shop, shop.online);
  const foreign = { id: ulid(), username: 'foreign', displayName: 'Foreign', role: 'user' as const };
  const other = { id: ulid(), name: 'second', notes: null };
  await groups.add(t.db, other);
  const { password_hash: passwordHash } = await t.db('users').where({ username: 'admin' }).first();
  await users.add(t.db, { ...foreign, passwordHash });
  await grants.give(t.db, foreign.id, { groupId: other.id, config: true, deploy: true });
  const elsewhere = await new Browser(t.app).signIn('foreign', password);
  const { id } = run.operation;
  const programs = await Promise.all(
    (['outsider', 'member'] as const).map((of) => program(t, { of, scopes: ['deploy'] })),
  );
  for (const [deed, field] of [
    ['unlock', 'reason'],
    ['cancel', 'cancelReason'],
  ] as const) {
    const path = `/operations/${id}/${deed}`;
    const reason = { [field]: 'mine now' };
    expect((await t.outsider.post(path, reason)).status).toBe(404);
    expect((await elsewhere.post(path, reason)).status).toBe(404);
    expect((await t.member.post(path, reason)).status).toBe(403);
    const answers = programs.map((one) => one.post(`/api/v1${path}`, { reason: 'mine now' }));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([404, 403]);
  }
  expect(await locks.ofProject(t.db, shop.online.id)).toMatchObject({ operationId: id });
  expect((await operations.byId(t.db, id))!.cancelRequestedAt).toBe(null);
  await t.grant({ config: false, deploy: true });
  const steer = (deed: string, form: Record<string, string>) =>
    t.member.post(`/operations/${id}/${deed}`, form, run.path);
  expect((await steer('cancel', {})).status).toBe(422);
  expect((await steer('unlock', { reason: ' ' })).status).toBe(422);
  for (const deed of ['cancel', 'unlock'])
    expect((await programs[1]!.post(`/api/v1/operations/${id}/${deed}`)).status).toBe(422);
  expect((await operations.byId(t.db, id))!.cancelRequestedAt).toBe(null);
  expect((await steer('cancel', { cancelReason: 'the wrong one' })).status).toBe(303);
  expect((await operations.byId(t.db, id))!.cancelRequestedBy).toBe('member');
  expect((await steer('unlock', { reason: 'it hangs' })).status).toBe(303);
  const audited = await t
    .db('audit')
    .whereIn('action', ['operation.cancel', 'operation.unlock'])
    .where({ result: 'ok' })
    .orderBy('id');
  expect(audited.map(({ action, actor, reason }) => [action, actor, reason])).toEqual([
    ['operation.cancel', 'member', 'the wrong one'],
    ['operation.unlock', 'member', 'it hangs'],
  ]);
  const forbidden = await t.db('audit').where({ result: 'refused' }).where('object', 'like', `%${id}%`);
  expect(forbidden.length).toBeGreaterThanOrEqual(14);
  const lease = await locks.claim(t.db, (await locks.ofProject(t.db, shop.online.id))!, ulid(), 60);
  expect(lease!.fence).toBeGreaterThan(run.lease.fence);
  await expect(run.begin('resolve')).rejects.toThrow();
});

test('what one began oneself is cancelled without a reason', async () => {
  await t.db('locks').delete();
  const by = { id: ids.member!, username: 'member', displayName: 'member' };
  const run = await runIn(t, shop, shop.test, { by });
  expect((await t.member.post(`${run.path}/cancel`, {}, run.path)).status).toBe(303);
  expect((await operations.byId(t.db, run.operation.id))!.cancelRequestedBy).toBe('member');
});
