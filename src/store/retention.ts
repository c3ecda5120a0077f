import { liveStates } from '../model/operation.ts';
import type { Db } from './database.ts';

/** Ids of a project's releases that retention must leave alone. */
export async function protectedIds(db: Db, projectId: string): Promise<Set<string>> {
  const [live, running, good, pinned, seen] = await Promise.all([
    db('operations').where({ project_id: projectId }).whereIn('state', liveStates).select('release_id'),
    lastOnHosts(db, projectId),
    db('releases')
      .where({ project_id: projectId })
      .whereNotNull('good_at')
      .orderBy('good_at', 'desc')
      .limit(1)
      .select('id'),
    db('releases').where({ project_id: projectId, pinned: true }).select('id'),
    db('placement_states as s')
      .join('placements as p', 'p.id', 's.placement_id')
      .where('p.project_id', projectId)
      .select('s.release_id'),
  ]);
  const ids = [
    ...live.map((row) => row.release_id),
    ...running,
    ...good.map((row) => row.id),
    ...pinned.map((row) => row.id),
    ...seen.map((row) => (row.release_id as string | null)?.split('.')[0]),
  ];
  return new Set(ids.filter((id): id is string => Boolean(id)));
}

/** What each host was left with, and what it ran before: the way back of the newest operation stays open. */
async function lastOnHosts(db: Db, projectId: string): Promise<(string | null)[]> {
  const newest = await db('operation_hosts as h')
    .join('operations as o', 'o.id', 'h.operation_id')
    .where('o.project_id', projectId)
    .whereNotNull('h.release_after')
    .groupBy('h.host_id')
    .select('h.host_id')
    .max({ operation_id: 'h.operation_id' });
  const rows = await Promise.all(
    (newest as unknown as { host_id: string; operation_id: string }[]).map((key) =>
      db('operation_hosts').where(key).first('release_before', 'release_after'),
    ),
  );
  return rows.flatMap((row) => [row.release_before, row.release_after]);
}
