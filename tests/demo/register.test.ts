import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordMatches } from '../../src/auth/password.ts';
import { Vault } from '../../src/auth/vault.ts';
import { type Fleet, startFleet } from '../../src/demo/fleet/fleet.ts';
import { firstFree } from '../../src/demo/fleet/free-port.ts';
import { projects } from '../../src/demo/inventory.ts';
import { openNotebook } from '../../src/demo/notebook.ts';
import { type Registration, register } from '../../src/demo/register.ts';
import { may } from '../../src/model/permission.ts';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';
import * as gitServers from '../../src/store/git-servers.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projectStore from '../../src/store/projects.ts';
import * as users from '../../src/store/users.ts';
import { freshDatabase } from '../lab/database.ts';
import { ownAddress } from '../lab/fleet.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-register-'));
const vault = new Vault(randomBytes(32));
let fleet: Fleet;
let demo: Registration;

beforeAll(async () => {
  const [git, ...machines] = [ownAddress(), ownAddress(), ownAddress(), ownAddress()];
  const sshPort = await firstFree([git!, ...machines], 2222);
  const key = makeKeyPair('test').public;
  fleet = await startFleet(dir, { hosts: machines, git: git!, sshPort }, key);
  const { db } = await freshDatabase();
  demo = { db, vault, notebook: await openNotebook(dir), hosts: fleet.hosts, git: fleet.git };
  await register(demo);
});
afterAll(async () => {
  await fleet.stop();
  rmSync(dir, { recursive: true });
});

test('each host is registered with the key that it has', async () => {
  const known = await hosts.all(demo.db);
  expect(known.map(({ address, hostKey }) => [address, hostKey])).toEqual(
    fleet.hosts.map(({ address, hostKey }) => [address, hostKey]),
  );
  expect((await gitServers.byServer(demo.db, fleet.git.server))?.hostKey).toBe(fleet.git.hostKey);
});

test('each program is told the address of its host, and the value is sealed', async () => {
  const shop = await projectStore.byKey(demo.db, 'online_shop');
  const placed = await placements.ofProject(demo.db, shop!.id);
  const told = placed.map(({ env }) => [env[0]?.name, vault.open(env[0]?.value ?? '')]);
  expect(told).toEqual(fleet.hosts.map(({ address }) => ['HOST', address]));
});

test('li may deploy the shop in production, wang may not even see it', async () => {
  const shop = await projectStore.byKey(demo.db, 'online_shop');
  const subject = { groupId: shop!.groupId, production: true };
  expect(may(await signIn('li'), 'project.deploy', subject)).toBe(true);
  expect(may(await signIn('wang'), 'project.see', subject)).toBe(false);
  expect((await signIn('admin'))?.role).toBe('admin');
});

test('a second start changes nothing and remembers the passwords', async () => {
  const shop = await projectStore.byKey(demo.db, 'online_shop');
  await projectStore.update(demo.db, shop!.id, shop!.revision, { branch: 'broken-health' });
  await register({ ...demo, notebook: { ...demo.notebook } });
  expect((await projectStore.byKey(demo.db, 'online_shop'))?.branch).toBe('broken-health');
  expect(await projectStore.all(demo.db)).toHaveLength(projects.length);
  expect((await openNotebook(dir)).passwords).toEqual(demo.notebook.passwords);
});

async function signIn(username: 'admin' | 'li' | 'wang') {
  const found = await users.credentials(demo.db, username);
  const password = demo.notebook.passwords[username] ?? '';
  expect(await passwordMatches(found?.passwordHash ?? null, password)).toBe(true);
  return users.person(demo.db, found?.id ?? '');
}
