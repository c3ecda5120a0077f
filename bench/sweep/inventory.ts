import { ulid } from 'ulid';
import type { HostSettings } from '../../src/model/host-settings.ts';
import { defaultProjectSettings, projectKey } from '../../src/model/project.ts';
import type { Db } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import { writing } from '../../src/store/transaction.ts';

/** A machine as the inventory has it; what is placed there by the numbers of projects. */
export type Machine = {
  name: string;
  address: string;
  hostKey: string;
  settings: Partial<HostSettings>;
  projects: number[];
};

export const ENVIRONMENT = 'test';
const PROCESSES = 2;

export const keyOf = (project: number) => projectKey(ENVIRONMENT, `service-${project}`);

/** Names of a service's processes, as supervisor tells them. */
export function processesOf(project: number): string[] {
  return Array.from({ length: PROCESSES }, (_, number) => `${keyOf(project)}_${number}`);
}

/** Fills an empty, migrated database with machines and what runs on them, in bulk. */
export async function fillInventory(
  db: Db,
  machines: readonly Machine[],
  settings: Partial<HostSettings>,
): Promise<void> {
  await environments.add(db, { name: ENVIRONMENT, production: false, position: 1, settings });
  const groupId = ulid();
  await db('project_groups').insert({ id: groupId, name: 'everything', created_at: 1 });
  const numbers = [...new Set(machines.flatMap(({ projects }) => projects))];
  const ids = new Map(numbers.map((number) => [number, ulid()]));
  const hosts = machines.map((machine) => ({ ...machine, id: ulid() }));
  await insert(
    db,
    'projects',
    numbers.map((number) => projectRow(number, ids.get(number)!, groupId)),
  );
  await insert(db, 'hosts', hosts.map(hostRow));
  await insert(
    db,
    'placements',
    hosts.flatMap(({ id, projects }) => projects.map((number) => placementRow(ids.get(number)!, id))),
  );
}

function projectRow(number: number, id: string, groupId: string) {
  const settings = { ...defaultProjectSettings, startSeconds: 0 };
  return {
    ...{ id, environment: ENVIRONMENT, name: `service-${number}`, project_key: keyOf(number) },
    ...{ group_id: groupId, type: 'sh', git_url: 'https://git.example.com/a.git', branch: 'main' },
    ...{ env: '[]', settings: JSON.stringify(settings), created_at: 1, updated_at: 1 },
  };
}

function hostRow({ id, name, address, hostKey, settings }: Machine & { id: string }) {
  return {
    ...{ id, name, address, settings: JSON.stringify(settings), created_at: 1 },
    ...{ host_key: hostKey, host_key_fingerprint: 'SHA256:x', host_key_pinned_at: 1 },
    host_key_pinned_by: 'bench',
  };
}

function placementRow(projectId: string, hostId: string) {
  return {
    ...{ id: ulid(), project_id: projectId, host_id: hostId, processes: PROCESSES, position: 0 },
    ...{ env: '[]', adoption: 'null', created_at: 1 },
  };
}

async function insert(db: Db, table: string, rows: Record<string, unknown>[]): Promise<void> {
  await writing(db, async (trx) => {
    for (let begin = 0; begin < rows.length; begin += 200)
      await trx(table).insert(rows.slice(begin, begin + 200));
  });
}
