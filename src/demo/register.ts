import { createHash } from 'node:crypto';
import { ulid } from 'ulid';
import { hashPassword } from '../auth/password.ts';
import type { Vault } from '../auth/vault.ts';
import type { Host } from '../model/host.ts';
import type { Db } from '../store/database.ts';
import * as environmentStore from '../store/environments.ts';
import * as gitServers from '../store/git-servers.ts';
import * as grantStore from '../store/grants.ts';
import * as groupStore from '../store/groups.ts';
import * as hostStore from '../store/hosts.ts';
import * as placementStore from '../store/placements.ts';
import * as projectStore from '../store/projects.ts';
import * as userStore from '../store/users.ts';
import type { GitServer } from './fleet/git-server.ts';
import type { FleetHost } from './fleet/host.ts';
import { type DemoProject, environments, groups, members, projects, settingsOf } from './inventory.ts';
import { type Notebook, usernames } from './notebook.ts';

export type Registration = {
  db: Db;
  vault: Vault;
  notebook: Notebook;
  hosts: FleetHost[];
  git: GitServer;
};

/** Writes everything of the demo into the database. What is there already stays as people have made it since. */
export async function register(demo: Registration): Promise<void> {
  const known = await environmentStore.all(demo.db);
  for (const one of environments)
    if (!known.some(({ name }) => name === one.name))
      await environmentStore.add(demo.db, { ...one, settings: {} });
  await registerPeople(demo);
  await gitServers.pin(demo.db, {
    server: demo.git.server,
    key: demo.git.hostKey,
    fingerprint: fingerprint(demo.git.hostKey),
    by: 'admin',
  });
  const hosts: Host[] = [];
  for (const host of demo.hosts) hosts.push(await registerHost(demo.db, host));
  for (const project of projects) await registerProject(demo, project, hosts);
}

async function registerPeople({ db, notebook }: Registration): Promise<void> {
  if ((await userStore.all(db)).length > 0) return;
  const users = new Map<string, string>();
  for (const username of usernames) {
    const id = ulid();
    const passwordHash = await hashPassword(notebook.passwords[username] ?? '');
    const role = username === 'admin' ? 'admin' : 'user';
    await userStore.add(db, { id, username, displayName: username, passwordHash, role });
    users.set(username, id);
  }
  for (const group of groups) await groupStore.add(db, { ...group, id: ulid() });
  for (const { username, group, config, deploy } of members)
    await grantStore.give(db, users.get(username) ?? '', {
      groupId: await groupId(db, group),
      config,
      deploy,
    });
}

async function groupId(db: Db, name: string): Promise<string> {
  const group = (await groupStore.all(db)).find((one) => one.name === name);
  if (!group) throw new Error(`The demo's group ${name} is gone: npm run demo -- --reset brings it back`);
  return group.id;
}

/** Everything about a host lies in its folder, so a host that is known already is known as it is. */
async function registerHost(db: Db, fleet: FleetHost): Promise<Host> {
  const known = await hostStore.byName(db, fleet.name);
  if (known) return known;
  const { name, address } = fleet;
  const host = await hostStore.add(db, { name, address, settings: fleet.settings(), notes: null });
  return hostStore.pin(db, host.id, {
    key: fleet.hostKey,
    fingerprint: fingerprint(fleet.hostKey),
    by: 'admin',
  });
}

async function registerProject(demo: Registration, draft: DemoProject, hosts: Host[]): Promise<void> {
  const { db, vault } = demo;
  const key = `${draft.environment}_${draft.name}`;
  if (await projectStore.byKey(db, key)) return;
  const project = await projectStore.add(db, {
    environment: draft.environment,
    name: draft.name,
    groupId: await groupId(db, draft.group),
    type: draft.type,
    gitUrl: demo.git.url(draft.name),
    branch: 'main',
    port: draft.port,
    settings: settingsOf(draft),
    template: null,
    env: [],
    notes: null,
  });
  for (const index of draft.hosts) {
    const host = hosts[index];
    if (!host) throw new Error(`${key} wants a host that the demo does not have`);
    const env = [{ name: 'HOST', value: vault.seal(host.address), secret: false }];
    await placementStore.add(db, { projectId: project.id, hostId: host.id, processes: draft.processes, env });
  }
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(hostKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(hostKey, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
