import type { Suspect, Trouble } from '../model/alarm.ts';
import type { Db } from './database.ts';

/** By the key of a trouble: the last operation that had ended on its machine within `withinMs` before it began. */
export async function suspectsOf(
  db: Db,
  troubles: readonly Trouble[],
  withinMs: number,
): Promise<Map<string, Suspect>> {
  const services = troubles.filter(({ kind, hostId }) => kind === 'service' && hostId !== null);
  if (services.length === 0) return new Map();
  const since = Math.min(...services.map(({ badSince }) => badSince)) - withinMs;
  const rows = await db('operations as o')
    .join('operation_hosts as w', 'w.operation_id', 'o.id')
    .whereNotIn('w.state', ['waiting', 'untouched'])
    .where('o.finished_at', '>=', since)
    .orderBy('o.id', 'desc')
    .select('o.id', 'o.project_id', 'o.finished_at', 'w.host_id');
  const ended = new Map<string, { id: string; at: number }[]>();
  for (const row of rows) {
    const place = `${row.project_id} ${row.host_id}`;
    ended.set(place, [...(ended.get(place) ?? []), { id: row.id, at: Number(row.finished_at) }]);
  }
  const found = new Map<string, Suspect>();
  for (const { key, hostId, places, badSince } of services) {
    const there = ended.get(`${places[0]?.projectId} ${hostId}`) ?? [];
    const last = there.find(({ at }) => at >= badSince - withinMs);
    if (last) found.set(key, { operationId: last.id, endedAt: last.at });
  }
  return found;
}
