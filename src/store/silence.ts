import type { Db } from './database.ts';

/** How long no look at any machine was recorded, and for how long passes have found it quiet. Milliseconds. */
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
  const row = await db('hosts as h')
    .join('placements as l', 'l.host_id', 'h.id')
    .leftJoin('host_states as s', 's.host_id', 'h.id')
    .whereNotNull('h.host_key')
    .select(
      db.raw('max(s.checked_at) as newest'),
      db.raw('min(l.created_at) as first'),
      db.raw('count(*) as n'),
    )
    .first();
  if (Number(row.n) === 0) return null;
  return Math.abs(at - (Number(row.newest ?? 0) || Number(row.first)));
}
