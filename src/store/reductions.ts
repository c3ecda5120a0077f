import { nowPlus, readClock } from './clock.ts';
import type { Db } from './database.ts';

const WINDOW_MS = 600_000;

/** What programs took away from a project within ten minutes, and how many hosts it had before. */
export type RecentReductions = { ids: string[]; hosts: number; retryAfter: number };

/**
 * The reductions of a project that were asked for within ten minutes and are not known to have failed.
 * `retryAfter`: seconds until the oldest of them counts no more.
 */
export async function recentReductions(db: Db, projectId: string): Promise<RecentReductions> {
  const rows: { id: string; state: string; created_at: number }[] = await db('operations')
    .where({ project_id: projectId, kind: 'reduction' })
    .whereNotIn('state', ['failed', 'cancelled', 'abandoned'])
    .where('created_at', '>', nowPlus(db, -WINDOW_MS))
    .orderBy('id')
    .select('id', 'state', 'created_at');
  const placed = await db('placements').where({ project_id: projectId }).count({ n: '*' }).first();
  const left = rows.filter(({ state }) => state === 'succeeded').length;
  const oldest = rows[0] ? Number(rows[0].created_at) + WINDOW_MS - (await readClock(db)) : 0;
  return {
    ids: rows.map(({ id }) => id),
    hosts: Number(placed?.n ?? 0) + left,
    retryAfter: Math.max(1, Math.ceil(oldest / 1000)),
  };
}
