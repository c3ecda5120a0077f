import type { AlarmKind, Place } from '../model/alarm.ts';
import type { Db } from './database.ts';
import { idAt } from './id-at.ts';

/** When an alarm opened, and whom it concerns. */
export type OpenedAlarm = { at: number; kind: AlarmKind; places: Place[] };

/** At most so many alarms are counted. */
const MOST = 5000;

/** The newest alarms that opened since `from`. */
export async function openedSince(db: Db, from: number): Promise<OpenedAlarm[]> {
  const rows = await db('alarms')
    .where('id', '>=', idAt(from))
    .orderBy('id', 'desc')
    .limit(MOST)
    .select('opened_at', 'kind', 'places');
  return rows.map((row) => ({ at: Number(row.opened_at), kind: row.kind, places: JSON.parse(row.places) }));
}
