import { CLOCK_MS, type Disk, diskLimits } from '../model/drift.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { type DriftFilter, within } from './drift-filter.ts';

/** A machine's own facts. `checkedAt` null: never gathered; `message`: why not, the last time. */
export type HostFactRow = {
  hostId: string;
  hostName: string;
  clockMs: number | null;
  disks: Disk[];
  checkedAt: number | null;
  stale: boolean;
  message: string | null;
};

/** Machines with something of these groups on them that are short of space, or whose clock is off. */
export async function troubledHosts(db: Db, staleMs: number, filter: DriftFilter): Promise<HostFactRow[]> {
  const facts = () => db('host_facts').select('host_id');
  const troubled = facts()
    .where('disk_percent', '>=', diskLimits.warning.from)
    .union([facts().where('clock_ms', '>', CLOCK_MS), facts().where('clock_ms', '<', -CLOCK_MS)]);
  const rows = await machines(db, staleMs, filter).whereIn('h.id', troubled);
  return rows.map(hostFacts);
}

/** Machines of which too little is known: never asked, or too long ago. */
export async function unknownHosts(db: Db, staleMs: number, filter: DriftFilter): Promise<HostFactRow[]> {
  const rows = await machines(db, staleMs, filter).where((either) =>
    either
      .whereNull('m.checked_at')
      .orWhereNotNull('m.message')
      .orWhereRaw('abs(? - m.checked_at) > ?', [now(db), staleMs]),
  );
  return rows.map(hostFacts);
}

/** A machine counts where one of the services that are asked about is on it: the first that is found. */
function machines(db: Db, staleMs: number, filter: DriftFilter) {
  const here = db('placements as l')
    .join('projects as p', 'p.id', 'l.project_id')
    .whereRaw('l.host_id = h.id')
    .modify(within(filter));
  return db('hosts as h')
    .leftJoin('host_facts as m', 'm.host_id', 'h.id')
    .whereExists(here)
    .orderBy('h.name')
    .limit(filter.limit ?? 1000)
    .select('h.id', 'h.name', 'm.clock_ms', 'm.disks', 'm.checked_at', 'm.message')
    .select(db.raw('(abs(? - m.checked_at) > ?) as stale', [now(db), staleMs]));
}

function hostFacts(row: Record<string, unknown>): HostFactRow {
  return {
    hostId: row.id as string,
    hostName: row.name as string,
    clockMs: row.clock_ms === null ? null : Number(row.clock_ms),
    disks: JSON.parse((row.disks as string | null) ?? '[]'),
    checkedAt: row.checked_at === null ? null : Number(row.checked_at),
    stale: row.checked_at === null || Number(row.stale) === 1,
    message: row.message as string | null,
  };
}
