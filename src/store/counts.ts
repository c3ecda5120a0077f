import type { Db } from './database.ts';

const tables = {
  groups: 'project_groups',
  environments: 'environments',
  hosts: 'hosts',
  projects: 'projects',
  placements: 'placements',
};

/** How much has been set up, for the steps that a new installation still needs. */
export async function setUp(db: Db): Promise<Record<keyof typeof tables, number>> {
  const counts = { groups: 0, environments: 0, hosts: 0, projects: 0, placements: 0 };
  for (const [name, table] of Object.entries(tables)) {
    const row = await db(table).count({ n: '*' }).first();
    counts[name as keyof typeof tables] = Number(row?.n ?? 0);
  }
  return counts;
}
