import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import type { Host } from '../../src/model/host.ts';
import { defaultProjectSettings, type Project } from '../../src/model/project.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as projects from '../../src/store/projects.ts';

/** A migrated embedded database of its own; `end` removes it. */
export async function embedded(): Promise<{ db: Db; end: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cedar-store-'));
  const db = openDatabase({ databaseUrl: '', dataDir });
  await db.migrate.latest();
  return {
    db,
    end: async () => {
      await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

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
