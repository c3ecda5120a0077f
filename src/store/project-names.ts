import type { Db } from './database.ts';

/** As much of a project as lists and choices of many need. */
export type ProjectName = {
  id: string;
  key: string;
  name: string;
  environment: string;
  groupId: string;
  type: string;
  branch: string;
};

/** The projects of these groups, of all where undefined, by environment's order and name; without their settings. */
export async function projectNames(db: Db, groupIds?: readonly string[]): Promise<ProjectName[]> {
  const rows: Record<string, string>[] = await db('projects as p')
    .join('environments as e', 'e.name', 'p.environment')
    .modify((query) => groupIds && query.whereIn('p.group_id', [...groupIds]))
    .orderBy(['e.position', 'p.environment', 'p.name'])
    .select('p.id', 'p.project_key', 'p.name', 'p.environment', 'p.group_id', 'p.type', 'p.branch');
  return rows.map((row) => ({
    ...{ id: row.id!, key: row.project_key!, name: row.name!, environment: row.environment! },
    ...{ groupId: row.group_id!, type: row.type!, branch: row.branch! },
  }));
}
