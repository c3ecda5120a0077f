import type { Knex } from 'knex';
import { defaultProjectSettings } from '../../../src/model/project.ts';
import { type Filling, idOf, YEARS } from './filling.ts';
import { insert } from './rows.ts';

export type FilledProject = { id: string; key: string; environment: string; groupId: string };

/** Environments, groups and projects: early groups have few projects, late ones many. */
export async function inventory(db: Knex, { projects: count, groups = 30, until }: Filling) {
  const at = until - YEARS;
  const common = { created_at: at, settings: '{}' };
  const environments = ['online', 'test', 'pre'];
  for (const [position, name] of environments.entries())
    await db('environments')
      .insert({ ...common, name, production: name === 'online', position })
      .onConflict('name')
      .ignore();
  const groupIds = Array.from({ length: groups }, (_, n) => idOf(at, n));
  await insert(db, 'project_groups', groupIds.length, (n) => ({
    ...{ id: groupIds[n], name: `group-${n}`, created_at: at },
  }));
  const projects = Array.from({ length: count }, (_, n): FilledProject => {
    const environment = environments[n % 3]!;
    const groupId = groupIds[Math.floor((n / count) ** 2 * groups)]!;
    return { id: idOf(at, n), key: `${environment}_service-${n}`, environment, groupId };
  });
  await insert(db, 'projects', count, (n) => {
    const { id, key, environment, groupId } = projects[n]!;
    return {
      ...{ id, environment, name: `service-${n}`, project_key: key, group_id: groupId, type: 'nodejs' },
      ...{ git_url: `https://git.example.com/${Math.floor(n / 3)}.git`, branch: 'main', port: 3000 },
      ...{ env: '[]', settings: JSON.stringify(defaultProjectSettings), created_at: at, updated_at: at },
    };
  });
  return { groupIds, projects };
}
