import type { Db } from '../store/database.ts';
import { record } from '../store/looks.ts';
import { type Prober, probe } from './probe.ts';
import { watchList } from './watch-list.ts';

/**
 * Looks at these machines at once, out of turn: what was just changed there is shown without waiting for a sweep.
 * @param staleMs how long a look is believed: what was seen before that is unknown in the history until now
 */
export async function lookNow(db: Db, prober: Prober, hostIds: string[], staleMs: number): Promise<void> {
  const watched = (await watchList(db)).filter(({ id }) => hostIds.includes(id));
  await Promise.all(
    watched.map(async (one) => {
      const look = { hostId: one.id, ...(await probe(prober, one)) };
      await record(db, [look], staleMs);
    }),
  );
}
