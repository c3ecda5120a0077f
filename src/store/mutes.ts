import { ulid } from 'ulid';
import type { Mute } from '../model/mute.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/** Mutes that are not over, the soonest to end first. */
export async function current(db: Db): Promise<Mute[]> {
  const rows = await db('mutes')
    .where((either) => either.whereNull('until_at').orWhere('until_at', '>', now(db)))
    .orderBy('until_at');
  return rows.map(muteOf);
}

export async function byId(db: Db, id: string): Promise<Mute | null> {
  const row = await db('mutes').where({ id }).first();
  return row ? muteOf(row) : null;
}

export async function add(
  trx: Db,
  mute: Omit<Mute, 'id' | 'createdAt'> & { byId: string | null },
): Promise<string> {
  const id = ulid();
  await trx('mutes').insert({
    ...{ id, scope: mute.scope.kind, scope_id: mute.scope.id, reason: mute.reason },
    ...{ from_at: mute.from, until_at: mute.until, hours: mute.hours && JSON.stringify(mute.hours) },
    ...{ by_id: mute.byId, by_name: mute.byName, created_at: now(trx) },
  });
  return id;
}

/** Ends one now. False where it was over. */
export async function end(trx: Db, id: string): Promise<boolean> {
  const open = trx('mutes')
    .where({ id })
    .where((either) => either.whereNull('until_at').orWhere('until_at', '>', now(trx)));
  return (await open.update({ until_at: now(trx) })) === 1;
}

function muteOf(row: Record<string, unknown>): Mute {
  return {
    id: row.id as string,
    scope: { kind: row.scope as Mute['scope']['kind'], id: row.scope_id as string },
    reason: row.reason as string,
    from: Number(row.from_at),
    until: row.until_at === null ? null : Number(row.until_at),
    hours: row.hours === null ? null : JSON.parse(row.hours as string),
    byName: row.by_name as string,
    createdAt: Number(row.created_at),
  };
}
