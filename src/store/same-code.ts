import type { Project } from '../model/project.ts';
import type { Db } from './database.ts';
import { byId } from './projects.ts';

/** The other projects of the same code and type, by name; of these groups alone where they are given. */
export async function sameCode(
  db: Db,
  { id, gitUrl, type }: Project,
  groupIds?: readonly string[],
): Promise<Project[]> {
  const ids: string[] = await db('projects')
    .where({ git_url: gitUrl, type })
    .whereNot({ id })
    .modify((query) => groupIds && query.whereIn('group_id', [...groupIds]))
    .orderBy('project_key')
    .pluck('id');
  const found: Project[] = [];
  for (const one of ids) found.push(...[(await byId(db, one)) ?? []].flat());
  return found;
}
