import { ulid } from 'ulid';
import { beforeAll, expect, test } from 'vitest';
import { makeToken } from '../../src/auth/token.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { launch } from '../../src/deploy/launch.ts';
import { isPermitted } from '../../src/deploy/still-permitted.ts';
import { neededFor } from '../../src/model/kind-permission.ts';
import { type Operation, operationKinds } from '../../src/model/operation.ts';
import { defaultStrategy } from '../../src/model/strategy.ts';
import * as environments from '../../src/store/environments.ts';
import * as grants from '../../src/store/grants.ts';
import * as hooks from '../../src/store/inbound-hooks.ts';
import * as locks from '../../src/store/locks.ts';
import * as operations from '../../src/store/operations.ts';
import * as pauses from '../../src/store/pauses.ts';
import * as tokens from '../../src/store/tokens.ts';
import * as users from '../../src/store/users.ts';
import { Rig } from '../lab/rig.ts';
import { hostStates, story } from './story.ts';

let rig: Rig;
const wang = { id: ulid(), username: 'wang', displayName: 'Wang Fang' };
const code = 'permission_revoked';
const batches = { ...defaultStrategy, kind: 'canary' as const, onFailure: 'roll-back' as const };

beforeAll(async () => {
  rig = await Rig.start({ hosts: 2 });
  rig.startWorker();
  await users.add(rig.db, { ...wang, passwordHash: 'none', role: 'user' });
});

async function granted(name: string): Promise<Rig> {
  const own = await story(rig, name, { startSeconds: 0, strategy: batches });
  await grants.give(own.db, wang.id, { groupId: own.project.groupId, config: false, deploy: true });
  return own;
}

async function paused(own: Rig, id: string): Promise<void> {
  const waits = async () => (await operations.byId(own.db, id))?.state === 'paused';
  await until(`operation ${id} is paused`, waits, 30_000, 20);
}

test('[S33] a grant taken between two batches stops the deploy before the next host', async () => {
  const own = await granted('taken');
  const { id } = await own.launch({ kind: 'deploy', by: wang });
  await paused(own, id);
  await grants.take(own.db, wang.id, own.project.groupId);
  await pauses.resume(own.db, id, 'somebody');
  const ended = await own.ended(id);
  expect(ended).toMatchObject({ state: 'failed', failure: { code, detail: { by: 'Wang Fang' } } });
  expect(await hostStates(own, { id })).toEqual(['done', 'untouched']);
  expect([await own.version(own.fleet[0]!), own.current(own.fleet[1]!)]).toEqual(['v1', null]);
  expect(await locks.ofProject(own.db, own.project.id)).toMatchObject({ operationId: null });
  const told = await own.db('audit').where({ reason: code }).select('actor', 'via', 'result');
  expect(told).toEqual([{ actor: 'wang', via: 'worker', result: 'refused' }]);
});

test('[S33] a grant taken while the operation was queued stops it before anything is touched', async () => {
  const own = await granted('queued');
  const { id } = await own.db.transaction(async (trx) => {
    const queued = await launch(trx, {
      ...{ kind: 'deploy', projectId: own.project.id, hostIds: own.hostIds, by: wang },
    });
    await grants.take(trx, wang.id, own.project.groupId);
    return queued;
  });
  expect(await own.ended(id)).toMatchObject({ state: 'failed', failure: { code } });
  expect(await hostStates(own, { id })).toEqual(['untouched', 'untouched']);
  expect(own.fleet.map((host) => own.current(host))).toEqual([null, null]);
});

async function asked(own: Rig, more: Partial<Operation> = {}): Promise<boolean> {
  const { id: projectId, groupId } = own.project;
  const operation = { projectId, groupId, environment: 'test', kind: 'deploy', requestedBy: wang.id };
  return isPermitted(own.db, { ...operation, admission: null, ...more } as Operation);
}

test('[S33] a disabled person, a token that ended, and nobody are permitted nothing', async () => {
  const own = await granted('judged');
  expect(await asked(own)).toBe(true);
  expect(await asked(own, { kind: 'push-configuration' })).toBe(false);
  expect(await asked(own, { requestedBy: ulid() })).toBe(false);
  expect(await asked(own, { requestedBy: null })).toBe(false);
  const withToken = async (expiresAt: number, reach: { groups: string[]; projects: string[] } | null) => {
    const { prefix, hash } = makeToken();
    const token = { id: ulid(), userId: wang.id, name: prefix, prefix, hash, expiresAt, reach };
    await tokens.add(own.db, { ...token, scopes: ['deploy'], addresses: [] });
    return token.id;
  };
  const by = (tokenId: string) => asked(own, { admission: { via: 'api', by: 't', tokenId, passed: null } });
  const good = await withToken(Date.now() + 60_000, null);
  expect(await by(good)).toBe(true);
  await tokens.revoke(own.db, good, 'admin');
  expect(await by(good)).toBe(false);
  expect(await by(await withToken(Date.now() - 1, null))).toBe(false);
  expect(await by(await withToken(Date.now() + 60_000, { groups: [], projects: [ulid()] }))).toBe(false);
  expect(await by(ulid())).toBe(false);
  await users.setDisabled(own.db, wang.id, Date.now());
  expect(await asked(own)).toBe(false);
  await users.setDisabled(own.db, wang.id, null);
});

test('[S33] a webhook is judged by being there, switched on, and allowed in production', async () => {
  const own = await granted('hooked');
  const { id } = own.project;
  await hooks.renew(own.db, id, own.vault.seal('secret'));
  const hook = (await hooks.ofProject(own.db, id))!;
  const set = (enabled: boolean, production: boolean) =>
    hooks.change(own.db, id, { ...hook, enabled, production });
  const may = (environment = 'test') => asked(own, { requestedBy: hook.id, environment });
  await set(true, false);
  expect(await may()).toBe(true);
  await environments.add(own.db, { name: 'online', production: true, position: 1, settings: {} });
  expect(await may('online')).toBe(false);
  await set(true, true);
  expect(await may('online')).toBe(true);
  await set(false, true);
  expect(await may()).toBe(false);
});

test('every kind of operation says which permission it needs', () => {
  expect(Object.keys(neededFor).sort()).toEqual([...operationKinds].sort());
});
