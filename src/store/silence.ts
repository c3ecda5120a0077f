import type { Db } from './database.ts';

/** How long no sweep's look at any machine was recorded, and for how long passes have found it quiet. Milliseconds. */
export type Silence = {
  /** null where nothing that could be looked at is placed anywhere. */
  quietMs: number | null;
  doubtMs: number;
};

/**
 * Measures the silence, and notes since when it is one. A time of the future was written before the clock was set
 * back: it is as far from being believed as one of the past.
 * @param at now, by the database's clock. @param doubtAfterMs from when on it is noted
 */
export async function measure(trx: Db, at: number, doubtAfterMs: number): Promise<Silence> {
  const quietMs = await quietOf(trx, at);
  const doubtAt = quietMs === null || quietMs <= doubtAfterMs ? null : await doubtedSince(trx, at);
  await trx('alarm_passes').where({ id: 1 }).update({ doubt_at: doubtAt });
  return { quietMs, doubtMs: doubtAt === null ? 0 : at - doubtAt };
}

async function doubtedSince(trx: Db, at: number): Promise<number> {
  const row = await trx('alarm_passes').where({ id: 1 }).first('doubt_at');
  return Math.min(Number(row?.doubt_at ?? at), at);
}

async function quietOf(db: Db, at: number): Promise<number | null> {
  const there = db('placements as l').whereRaw('l.host_id = h.id').select(db.raw('1'));
  const row = await db('hosts as h')
    .leftJoin('host_states as s', 's.host_id', 'h.id')
    .whereNotNull('h.host_key')
    .whereExists(there)
    .select(db.raw('max(s.swept_at) as newest'), db.raw('count(*) as n'))
    .first();
  if (Number(row.n) === 0) return null;
  return Math.abs(at - (Number(row.newest ?? 0) || (await firstPlaced(db))));
}

async function firstPlaced(db: Db): Promise<number> {
  const row = await db('placements as l')
    .join('hosts as h', 'h.id', 'l.host_id')
    .whereNotNull('h.host_key')
    .min({ first: 'l.created_at' })
    .first();
  return Number(row?.first);
}
