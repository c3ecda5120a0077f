import type { Place } from '../model/alarm.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';
import { idAt } from './id-at.ts';

/** What changed in the fleet between two looks, by whom it concerns. */
export type Bulletin = {
  /** When it was noticed, by the database's clock. */
  at: number;
  /** Concerns everybody: who looks at machines changed, or it is too much to tell apart. */
  all: boolean;
  groups: Set<string>;
  projects: Set<string>;
  hosts: Set<string>;
  /** Alarms that changed, and the groups that may see one of them; `everyAlarm`: everybody may. */
  alarms: Set<string>;
  alarmGroups: Set<string>;
  everyAlarm: boolean;
};

/** Short texts that change whenever the fleet does. */
export type FleetPrint = { at: number; flips: string; alarms: string; lookers: string };

/** A change is written up to so long before it can be read. */
const LATE_MS = 10_000;
const MOST = 1000;

/** Two small questions, whatever the size of the fleet. @param since the moment of the look before; null: the first */
export async function fleetPrint(db: Db, since: number | null): Promise<FleetPrint> {
  const recent = db('flips')
    .count('*')
    .where('id', '>=', idAt((since ?? 0) - LATE_MS));
  const lookers = db('workers')
    .count('*')
    .where({ kind: 'health' })
    .where('heartbeat_at', '>', nowPlus(db, -60_000));
  const rows = await db.select(
    ...[db.raw('? as at', [now(db)]), db('flips').max('id').as('newest'), lookers.as('lookers')],
    ...(since === null ? [] : [recent.as('recent')]),
  );
  const [row] = rows as unknown as Record<string, unknown>[];
  // not null, in words for which SQLite takes the index
  const alarms = await db('alarms')
    .where('open_key', '>', '')
    .first(
      ...[db.raw('count(*) as n'), db.raw('max(id) as newest'), db.raw('count(acknowledged_at) as taken')],
      ...[db.raw('sum(services) as services'), db.raw('sum(flapping) as flapping')],
    );
  return {
    at: Number(row?.at),
    flips: `${row?.newest} ${row?.recent ?? ''}`,
    alarms: JSON.stringify(alarms),
    lookers: String(row?.lookers),
  };
}

/** A change as it was written, with whom it concerns; `placed` is null for one of a machine itself. */
export type PlacedFlip = {
  id: string;
  hostId: string;
  placed: { projectId: string; groupId: string } | null;
};

/** The changes written since shortly before `since`; null: they are too many. */
export async function flipsSince(db: Db, since: number): Promise<PlacedFlip[] | null> {
  const rows = await db('flips as f')
    .leftJoin('placements as p', 'p.id', 'f.placement_id')
    .leftJoin('projects as j', 'j.id', 'p.project_id')
    .where('f.id', '>=', idAt(since - LATE_MS))
    .limit(MOST + 1)
    .select('f.id', 'f.host_id', 'p.project_id', 'j.group_id');
  if (rows.length > MOST) return null;
  return rows.map((row) => ({
    ...{ id: row.id, hostId: row.host_id },
    placed: row.project_id === null ? null : { projectId: row.project_id, groupId: row.group_id },
  }));
}

/** An open alarm as far as it can change; `places` null: everybody may see it. */
export type AlarmPulse = { id: string; places: Place[] | null; look: string };

export async function alarmPulses(db: Db): Promise<AlarmPulse[]> {
  const rows = await db('alarms').where('open_key', '>', '').orderBy('id', 'desc').limit(MOST);
  return rows.map((row) => ({
    ...{ id: row.id, places: row.kind === 'sweep' ? null : JSON.parse(row.places) },
    look: [row.state, row.services, Number(row.flapping), row.acknowledged_at, row.message].join(' '),
  }));
}
