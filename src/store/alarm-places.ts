import type { Place } from '../model/alarm.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/** What `placeOf` reads. */
export const placeColumns = [
  ...['p.id as project_id', 'p.project_key', 'p.group_id', 'p.environment', 'e.production'],
] as const;

/** Placements with their project `p`, environment `e` and host `h`. */
export function placed(db: Db) {
  return db('placements as l')
    .join('projects as p', 'p.id', 'l.project_id')
    .join('environments as e', 'e.name', 'p.environment')
    .join('hosts as h', 'h.id', 'l.host_id');
}

/** Counts operations that are changing the placement now. */
export function atWork(db: Db) {
  return db('locks as k')
    .join('operation_hosts as w', 'w.operation_id', 'k.operation_id')
    .whereRaw('k.project_id = l.project_id AND w.host_id = l.host_id')
    .where('w.state', 'active')
    .count();
}

export function placeOf(row: Record<string, unknown>): Place {
  return {
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    groupId: row.group_id as string,
    environment: row.environment as string,
    production: Boolean(row.production),
  };
}

/** What is placed on some machines, by machine. */
export async function placesOn(db: Db, hostIds: readonly string[]): Promise<Map<string, Place[]>> {
  const found = new Map<string, Place[]>();
  for (const ids of inParts(hostIds)) {
    const rows = await placed(db)
      .whereIn('l.host_id', ids)
      .select(...placeColumns, 'l.host_id');
    for (const row of rows) {
      const here = found.get(row.host_id) ?? [];
      here.push(placeOf(row));
      found.set(row.host_id, here);
    }
  }
  return found;
}
