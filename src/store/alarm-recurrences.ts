import type { Before } from '../model/alarm-telling.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/**
 * Which of these things each channel was told of as new since `since`, when last, and how often alarms of it were
 * opened after that: channel → key → before.
 */
export async function toldBefore(
  db: Db,
  keys: ReadonlySet<string>,
  since: number,
): Promise<Map<string, Map<string, Before>>> {
  const found = new Map<string, Map<string, Before>>();
  for (const some of inParts([...keys])) {
    const opened = await openedSince(db, some, since);
    for (const { channel, key, at } of await lastNew(db, some, since)) {
      const times = (opened.get(key) ?? []).filter((one) => one > at).length;
      found.set(channel, (found.get(channel) ?? new Map<string, Before>()).set(key, { at, times }));
    }
  }
  return found;
}

async function lastNew(db: Db, keys: readonly string[], since: number) {
  const rows = await db('alarms as a')
    .join('alarm_tellings as t', 't.alarm_id', 'a.id')
    .whereIn('a.alarm_key', keys)
    .where('t.new_at', '>', since)
    .groupBy('t.channel_id', 'a.alarm_key')
    .select('t.channel_id', 'a.alarm_key', db.raw('max(t.new_at) as newest'));
  return (rows as { channel_id: string; alarm_key: string; newest: number }[]).map((row) => ({
    ...{ channel: row.channel_id, key: row.alarm_key, at: Number(row.newest) },
  }));
}

/** When alarms of these things opened, by key. */
async function openedSince(db: Db, keys: readonly string[], since: number): Promise<Map<string, number[]>> {
  const rows = await db('alarms')
    .whereIn('alarm_key', keys)
    .where('opened_at', '>', since)
    .select('alarm_key', 'opened_at');
  const found = new Map<string, number[]>();
  for (const row of rows)
    found.set(row.alarm_key, [...(found.get(row.alarm_key) ?? []), Number(row.opened_at)]);
  return found;
}
