import { ulid } from 'ulid';
import type { Alarm, Ending, Suspect, Trouble } from '../model/alarm.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/** Open alarms, oldest first. Put into order here: by their ids, the database would go through all there ever were. */
export async function open(db: Db): Promise<Alarm[]> {
  const found = (await db('alarms').where('open_key', '>', '')).map(alarmOf);
  return found.sort((one, other) => (one.id < other.id ? -1 : 1));
}

export async function byIds(db: Db, ids: readonly string[]): Promise<Alarm[]> {
  const found: Alarm[] = [];
  for (let first = 0; first < ids.length; first += 500)
    found.push(
      ...(
        await db('alarms')
          .whereIn('id', ids.slice(first, first + 500))
          .orderBy('id')
      ).map(alarmOf),
    );
  return found;
}

export async function byId(db: Db, id: string): Promise<Alarm | null> {
  const row = await db('alarms').where({ id }).first();
  return row ? alarmOf(row) : null;
}

/** Newest first; `before`: an id that the page before ended with. */
export async function some(
  db: Db,
  filter: { projectId?: string; hostId?: string; before?: string; limit: number },
): Promise<Alarm[]> {
  const rows = await db('alarms')
    .modify((query) => filter.projectId && query.where({ project_id: filter.projectId }))
    .modify((query) => filter.hostId && query.where({ host_id: filter.hostId }))
    .modify((query) => filter.before && query.where('id', '<', filter.before))
    .orderBy('id', 'desc')
    .limit(filter.limit);
  return rows.map(alarmOf);
}

/** Alarms that ended since `since`, the newest of them, oldest first. */
export async function endedSince(db: Db, since: number, limit: number): Promise<Alarm[]> {
  const rows = await db('alarms').where('ended_at', '>=', since).orderBy('ended_at', 'desc').limit(limit);
  return rows.map(alarmOf).reverse();
}

/** Opens alarms, each with the operation that may have caused it. Gives their ids. */
export async function addAll(
  trx: Db,
  troubles: readonly Trouble[],
  suspects: ReadonlyMap<string, Suspect>,
): Promise<string[]> {
  const rows = troubles.map((trouble) => ({
    id: ulid(),
    ...rowOf(trouble, suspects.get(trouble.key) ?? null),
    opened_at: now(trx),
  }));
  for (const part of inParts(rows, 50)) await trx('alarms').insert(part);
  return rows.map(({ id }) => id);
}

export async function add(trx: Db, trouble: Trouble, suspect: Suspect | null): Promise<string> {
  const suspects = new Map(suspect ? [[trouble.key, suspect]] : []);
  const [id = ''] = await addAll(trx, [trouble], suspects);
  return id;
}

function rowOf(trouble: Trouble, suspect: Suspect | null) {
  const [place, ...more] = trouble.places;
  const one = more.length === 0 ? place : undefined;
  return {
    ...{ alarm_key: trouble.key, open_key: trouble.key, kind: trouble.kind },
    ...{ host_id: trouble.hostId, host_name: trouble.hostName },
    ...{ project_id: one?.projectId ?? null, project_key: one?.projectKey ?? null },
    ...looks(trouble),
    flapping: trouble.flapping,
    bad_since: trouble.badSince,
    ...{ suspect_id: suspect?.operationId ?? null, suspect_ended_at: suspect?.endedAt ?? null },
  };
}

export async function endAll(trx: Db, ids: readonly string[], why: Ending): Promise<void> {
  for (const part of inParts(ids))
    await trx('alarms')
      .whereIn('id', part)
      .update({ open_key: null, ended_at: now(trx), ending: why });
}

/** A person takes care of it: it is not repeated. False where it is over or somebody does already. */
export async function acknowledge(trx: Db, id: string, by: string, note: string | null): Promise<boolean> {
  const changed = await trx('alarms')
    .where({ id })
    .whereNotNull('open_key')
    .whereNull('acknowledged_at')
    .update({ acknowledged_at: now(trx), acknowledged_by: by, note });
  return changed === 1;
}

/** Forgets alarms that ended before, at most so many, with what channels were told of them; gives how many it were. */
export async function forget(db: Db, before: number, most = 1000): Promise<number> {
  const ids = await db('alarms').where('ended_at', '<', before).orderBy('ended_at').limit(most).pluck('id');
  for (const part of inParts(ids)) await db('alarms').whereIn('id', part).delete();
  return ids.length;
}

/** What of a trouble changes while it lasts, as columns. */
export function looks({ places, state, message, services }: Trouble) {
  return { places: JSON.stringify(places), state, message, services };
}

const numberOrNull = (value: unknown) => (value === null ? null : Number(value));

/** A row as what it is. */
export function alarmOf(row: Record<string, unknown>): Alarm {
  return {
    id: row.id as string,
    key: row.alarm_key as string,
    kind: row.kind as Alarm['kind'],
    hostId: row.host_id as string | null,
    hostName: row.host_name as string | null,
    places: JSON.parse(row.places as string),
    state: row.state as Alarm['state'],
    message: row.message as string | null,
    services: Number(row.services),
    badSince: Number(row.bad_since),
    openedAt: Number(row.opened_at),
    flapping: Boolean(row.flapping),
    endedAt: numberOrNull(row.ended_at),
    ending: row.ending as Ending | null,
    acknowledgedAt: numberOrNull(row.acknowledged_at),
    acknowledgedBy: row.acknowledged_by as string | null,
    note: row.note as string | null,
    suspect:
      row.suspect_id === null
        ? null
        : { operationId: row.suspect_id as string, endedAt: Number(row.suspect_ended_at) },
  };
}
