import type { Look } from '../model/look.ts';
import { readClock } from './clock.ts';
import type { Db } from './database.ts';
import { addFlips } from './flips.ts';
import { recordHosts } from './host-looks.ts';
import { recordPlacements } from './placement-looks.ts';
import { writing } from './transaction.ts';

/**
 * Writes some looks in one transaction, dated by the database's clock, with a flip for each change. Placements that
 * are gone meanwhile are passed over.
 * @param staleMs how long a look is believed
 * @param recorder the sweep, which wants to know later whether anybody else recorded these machines; null: a look out of
 * turn, which is no sign that anybody sweeps
 */
export async function record(
  db: Db,
  looks: readonly Look[],
  staleMs: number,
  recorder: string | null = null,
): Promise<void> {
  if (looks.length === 0) return;
  await writing(db, async (trx) => {
    const moment = { at: await readClock(trx), staleMs };
    const flips = await recordHosts(trx, looks, moment, recorder);
    flips.push(...(await recordPlacements(trx, looks, moment)));
    await addFlips(trx, flips);
  });
}
