import { ulid } from 'ulid';
import type { Host } from '../../src/model/host.ts';
import { defaultProjectSettings, type Project } from '../../src/model/project.ts';
import type { Db } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as projects from '../../src/store/projects.ts';

/** Two environments and a group. */
export async function ground(db: Db): Promise<{ groupId: string }> {
  await environments.add(db, { name: 'test', production: false, position: 1, settings: {} });
  await environments.add(db, { name: 'online', production: true, position: 2, settings: { sshPort: 2222 } });
  const groupId = ulid();
  await db('project_groups').insert({ id: groupId, name: `group-${groupId}`, created_at: 1 });
  return { groupId };
}

export function addProject(
  db: Db,
  groupId: string,
  over: Partial<Project> & { name: string },
): Promise<Project> {
  return projects.add(db, {
    environment: 'test',
    groupId,
    type: 'nodejs',
    gitUrl: 'https://git.example.com/shop.git',
    branch: 'main',
    port: 4000,
    settings: defaultProjectSettings,
    template: null,
    env: [],
    notes: null,
    ...over,
  });
}

export function addHost(db: Db, name: string, address: string): Promise<Host> {
  return hosts.add(db, { name, address, settings: {}, notes: null });
}
