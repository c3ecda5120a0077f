import type { Alarm, Trouble } from '../model/alarm.ts';
import { diskLimits } from '../model/drift.ts';
import { placesOn } from './alarm-places.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

type Seen = Trouble & { bad: boolean; busy: boolean };

/** A machine's fullest disk; `stale`: found too long ago to be believed. */
type Found = { host_id: string; host_name: string; disk_percent: number; checked_at: number; stale: number };

const levels = [
  { kind: 'disk', message: 'disk_warning', ...diskLimits.warning },
  { kind: 'disk-full', message: 'disk_urgent', ...diskLimits.urgent },
] as const;

/**
 * Machines whose disks are full, and those that an open alarm is about. What is open stays bad until there is more
 * room than it took to begin; one look is enough, for a disk does not flap.
 * @param looks how many looks count
 */
export async function disksOf(
  db: Db,
  alarms: readonly Alarm[],
  { staleMs, looks }: { staleMs: number; looks: number },
): Promise<Seen[]> {
  const open = new Map(alarms.map((alarm) => [alarm.key, alarm]));
  const found = await fullest(db, staleMs);
  const places = await placesOn(
    db,
    found.map((row) => row.host_id),
  );
  return found.flatMap((row) =>
    levels.map(({ kind, message, from, until }) => {
      const key = `${kind}:${row.host_id}`;
      const known = open.get(key);
      const stale = Number(row.stale) === 1;
      const here = places.get(row.host_id) ?? [];
      const bad = !stale && here.length > 0 && Number(row.disk_percent) >= (known ? until : from);
      return {
        ...{ key, kind, hostId: row.host_id, hostName: row.host_name, places: here, message, bad, looks },
        ...{
          state: stale ? 'unknown' : bad ? 'failed' : 'reachable',
          services: here.length,
          busy: false,
          flapping: false,
        },
        badSince: known?.badSince ?? Number(row.checked_at),
      } satisfies Seen;
    }),
  );
}

function fullest(db: Db, staleMs: number): Promise<Found[]> {
  return db('host_facts as f')
    .join('hosts as h', 'h.id', 'f.host_id')
    .where('f.disk_percent', '>=', diskLimits.warning.until)
    .orWhereIn(
      'f.host_id',
      db('alarms').whereNotNull('open_key').whereIn('kind', ['disk', 'disk-full']).select('host_id'),
    )
    .select('f.host_id', 'h.name as host_name', 'f.disk_percent', 'f.checked_at')
    .select(db.raw('(abs(? - f.checked_at) > ?) as stale', [now(db), staleMs]));
}
