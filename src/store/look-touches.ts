import type { Look } from '../model/look.ts';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';
import { writing } from './transaction.ts';

/**
 * Dates looks that found what this recorder recorded before, and changes nothing else.
 * @returns false where that is not certain, because somebody else recorded one of the machines meanwhile, what was
 * recorded is believed no more, or something is gone: then they must be recorded in full
 */
export async function touch(
  db: Db,
  looks: readonly Look[],
  recorder: string,
  staleMs: number,
): Promise<boolean> {
  if (looks.length === 0) return true;
  const hostIds = looks.map(({ hostId }) => hostId);
  const placementIds = looks.flatMap(({ placements }) => placements.map((one) => one.placementId));
  return writing(db, async (trx) => {
    const hosts = await trx('host_states')
      .whereIn('host_id', hostIds)
      .where({ recorder })
      .where('checked_at', '>', nowPlus(trx, -staleMs))
      .update({ checked_at: now(trx), swept_at: now(trx) });
    if (hosts !== hostIds.length) return false;
    const placed = await trx('placement_states')
      .whereIn('placement_id', placementIds)
      .update({ checked_at: now(trx) });
    return placed === placementIds.length;
  });
}
