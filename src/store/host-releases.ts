import { now } from './clock.ts';
import type { Db } from './database.ts';

/** Which releases a host holds, as far as we put them there. */
export async function add(db: Db, projectId: string, hostId: string, releaseId: string): Promise<void> {
  await db('host_releases')
    .insert({ project_id: projectId, host_id: hostId, release_id: releaseId, staged_at: now(db) })
    .onConflict(['project_id', 'host_id', 'release_id'])
    .ignore();
}

export async function ofHost(db: Db, projectId: string, hostId: string): Promise<string[]> {
  const rows = await db('host_releases')
    .where({ project_id: projectId, host_id: hostId })
    .orderBy('release_id', 'desc');
  return rows.map((row) => row.release_id);
}

/** How many hosts hold each release of a project. */
export async function counts(db: Db, projectId: string): Promise<Map<string, number>> {
  const rows = await db('host_releases')
    .where({ project_id: projectId })
    .groupBy('release_id')
    .select('release_id')
    .count({ n: '*' });
  const counted = rows as unknown as { release_id: string; n: number }[];
  return new Map(counted.map((row) => [row.release_id, Number(row.n)]));
}

export async function remove(db: Db, projectId: string, hostId: string, releaseId: string): Promise<void> {
  await db('host_releases').where({ project_id: projectId, host_id: hostId, release_id: releaseId }).delete();
}
