import { now } from './clock.ts';
import type { Db } from './database.ts';

/** Machines by what the last look found; one that was looked at too long ago, or never, is `unknown`. */
export type HostNumbers = {
  states: Map<string, number>;
  /** How many were looked at within the interval. */
  looked: number;
  /** Age of the newest look; null where there never was one. */
  newestMs: number | null;
  oldestMs: number | null;
};

/** @param staleMs how long a look is believed @param intervalMs how often each machine is to be looked at */
export async function hostNumbers(db: Db, staleMs: number, intervalMs: number): Promise<HostNumbers> {
  const age = 'abs(? - nullif(s.checked_at, 0))';
  const rows: Record<string, unknown>[] = await db('hosts as h')
    .leftJoin('host_states as s', 's.host_id', 'h.id')
    .groupBy('shown')
    .select(
      db.raw(`CASE WHEN ${age} <= ? THEN s.reachable ELSE 'unknown' END as shown`, [now(db), staleMs]),
      db.raw(`min(${age}) as newest`, [now(db)]),
      db.raw(`max(${age}) as oldest`, [now(db)]),
      db.raw(`sum(CASE WHEN ${age} <= ? THEN 1 ELSE 0 END) as looked`, [now(db), intervalMs]),
    )
    .count({ n: '*' });
  const ages = (key: string) => rows.flatMap((row) => (row[key] === null ? [] : [Number(row[key])]));
  const [newest, oldest] = [ages('newest'), ages('oldest')];
  return {
    states: new Map(rows.map((row) => [String(row.shown), Number(row.n)])),
    looked: rows.reduce((sum, row) => sum + Number(row.looked ?? 0), 0),
    newestMs: newest.length > 0 ? Math.min(...newest) : null,
    oldestMs: oldest.length > 0 ? Math.max(...oldest) : null,
  };
}
