import type { Alarm } from '../model/alarm.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/** Changes since `since` of what open alarms are about, by key. */
export async function flipsOf(db: Db, alarms: readonly Alarm[], since: number): Promise<Map<string, number>> {
  const hostIds = [...new Set(alarms.flatMap(({ hostId }) => hostId ?? []))];
  const found = new Map<string, number>();
  for (const ids of inParts(hostIds)) {
    const rows: { host_id: string; placement_id: string | null; n: number }[] = await db('flips')
      .whereIn('host_id', ids)
      .where('at', '>=', since)
      .whereNull('process_name')
      .groupBy('host_id', 'placement_id')
      .select('host_id', 'placement_id', db.raw('count(*) as n'));
    for (const { host_id: hostId, placement_id: placementId, n } of rows)
      for (const key of placementId ? [`service:${placementId}`] : [`host:${hostId}`, `supervisor:${hostId}`])
        found.set(key, Number(n));
  }
  return found;
}
