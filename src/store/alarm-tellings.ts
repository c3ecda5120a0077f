import type { Alarm } from '../model/alarm.ts';
import type { ToldOf } from '../model/alarm-telling.ts';
import * as alarms from './alarms.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** Begins a pass: another one waits until this transaction has ended. Gives the pass's number. */
export async function begin(trx: Db): Promise<number> {
  await trx('alarm_passes')
    .where({ id: 1 })
    .update({ at: now(trx) })
    .increment('number', 1);
  const row = await trx('alarm_passes').where({ id: 1 }).first('number');
  return Number(row.number);
}

/** When the last pass was, epoch ms by the database's clock; null: never. */
export async function lastPass(db: Db): Promise<number | null> {
  const row = await db('alarm_passes').where({ id: 1 }).first('at');
  return Number(row?.at ?? 0) || null;
}

/** Alarms of which somebody may have to be told: open ones, and ended ones that are known somewhere as open. */
export async function tellable(trx: Db): Promise<Alarm[]> {
  const ended = trx('alarm_tellings').where({ state: 'open' }).select('alarm_id');
  const rows = await trx('alarms')
    .where((either) => either.whereNotNull('open_key').orWhereIn('id', ended))
    .orderBy('id');
  return rows.map(alarms.alarmOf);
}

/** What each channel was told of these alarms last: channel → alarm → what. */
export async function known(trx: Db): Promise<Map<string, Map<string, ToldOf>>> {
  const rows = await trx('alarm_tellings as t')
    .join('alarms as a', 'a.id', 't.alarm_id')
    .where((either) => either.whereNotNull('a.open_key').orWhere('t.state', 'open'))
    .select('t.*');
  const found = new Map<string, Map<string, ToldOf>>();
  for (const row of rows) {
    const of = found.get(row.channel_id) ?? new Map<string, ToldOf>();
    found.set(row.channel_id, of.set(row.alarm_id, { state: row.state, at: Number(row.at) }));
  }
  return found;
}

/** When each channel was last told of any alarm. */
export async function lastTold(trx: Db): Promise<Map<string, number>> {
  const rows = await trx('alarm_tellings').groupBy('channel_id').select('channel_id').max({ at: 'at' });
  return new Map(
    (rows as unknown as { channel_id: string; at: number }[]).map((row) => [row.channel_id, Number(row.at)]),
  );
}

/** Notes what a channel was told of some alarms. */
export async function note(
  trx: Db,
  channelId: string,
  told: { open: readonly Alarm[]; ended: readonly Alarm[] },
): Promise<void> {
  const rows = [
    ...told.open.map(({ id }) => ({ alarm_id: id, state: 'open' })),
    ...told.ended.map(({ id }) => ({ alarm_id: id, state: 'ended' })),
  ].map((row) => ({ ...row, channel_id: channelId, at: now(trx), new_at: now(trx) }));
  for (let first = 0; first < rows.length; first += 200)
    await trx('alarm_tellings')
      .insert(rows.slice(first, first + 200))
      .onConflict(['alarm_id', 'channel_id'])
      .merge(['state', 'at']);
}

/** Which channels were told of an alarm, of what and when last. */
export async function tellingsOf(
  db: Db,
  alarmId: string,
): Promise<{ channelId: string; name: string; state: string; at: number }[]> {
  const rows = await db('alarm_tellings as t')
    .leftJoin('channels as c', 'c.id', 't.channel_id')
    .where({ 't.alarm_id': alarmId })
    .orderBy('t.at')
    .select('t.*', 'c.name');
  return rows.map((row) => ({
    channelId: row.channel_id,
    name: row.name ?? row.channel_id,
    state: row.state,
    at: Number(row.at),
  }));
}
