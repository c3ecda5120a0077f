import type { Db } from '../store/database.ts';
import { recordHost } from '../store/host-states.ts';
import { recordPlacements } from '../store/states.ts';
import { type Prober, probe } from './probe.ts';
import { watchList } from './watch-list.ts';

/** Looks at these machines at once, out of turn: what was just changed there is shown without waiting for a sweep. */
export async function lookNow(db: Db, prober: Prober, hostIds: string[]): Promise<void> {
  const watched = (await watchList(db)).filter(({ id }) => hostIds.includes(id));
  await Promise.all(
    watched.map(async (one) => {
      const { host, placements } = await probe(prober, one);
      await recordPlacements(db, placements);
      await recordHost(db, one.id, host);
    }),
  );
}
