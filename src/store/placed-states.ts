import { worstFirst } from '../model/live-state.ts';
import type { LiveState } from '../model/process.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** A project on a machine, with the state in which it was last seen. */
export type Service = {
  hostId: string;
  projectId: string;
  projectKey: string;
  port: number | null;
  processes: number;
  state: LiveState;
};

/** `unknown` where it was never seen, or too long ago. */
const SHOWN = "CASE WHEN s.state IS NULL OR abs(? - s.checked_at) > ? THEN 'unknown' ELSE s.state END";

/** What runs on these machines, in the order of placing. */
export async function servicesOn(db: Db, hostIds: readonly string[], staleMs: number): Promise<Service[]> {
  if (hostIds.length === 0) return [];
  const rows: Record<string, unknown>[] = await db('placements as p')
    .join('projects as j', 'j.id', 'p.project_id')
    .leftJoin('placement_states as s', 's.placement_id', 'p.id')
    .whereIn('p.host_id', [...hostIds])
    .orderBy(['p.position', 'p.id'])
    .select('p.host_id', 'p.project_id', 'p.processes', 'j.project_key', 'j.port')
    .select(db.raw(`${SHOWN} as shown`, [now(db), staleMs]));
  return rows.map((row) => ({
    ...{ hostId: row.host_id as string, projectId: row.project_id as string },
    ...{ projectKey: row.project_key as string, port: row.port === null ? null : Number(row.port) },
    ...{ processes: Number(row.processes), state: row.shown as LiveState },
  }));
}

/** On how many machines each project is, and the worst state there; those that are nowhere are absent. */
export async function worstStates(
  db: Db,
  projectIds: readonly string[],
  staleMs: number,
): Promise<Map<string, { hosts: number; state: LiveState }>> {
  if (projectIds.length === 0) return new Map();
  const rows: { project_id: string; shown: LiveState; n: number }[] = await db('placements as p')
    .leftJoin('placement_states as s', 's.placement_id', 'p.id')
    .whereIn('p.project_id', [...projectIds])
    .groupBy('p.project_id', 'shown')
    .select('p.project_id', db.raw(`${SHOWN} as shown`, [now(db), staleMs]), db.raw('count(*) as n'));
  const found = new Map<string, { hosts: number; state: LiveState }>();
  for (const { project_id, shown, n } of rows) {
    const before = found.get(project_id);
    const states = before ? [{ state: before.state }, { state: shown }].sort(worstFirst) : [{ state: shown }];
    found.set(project_id, { hosts: (before?.hosts ?? 0) + Number(n), state: states[0]!.state });
  }
  return found;
}
