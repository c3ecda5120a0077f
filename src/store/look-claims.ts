import { ulid } from 'ulid';
import { claimable } from './claimable.ts';
import { nowPlus } from './clock.ts';
import type { Db } from './database.ts';

const AT_ONCE = 200;

/**
 * Claims looks at machines: of several health processes each machine goes to exactly one per `intervalMs`, by the
 * database's clock. A claim whose look never came ends by itself.
 * @returns those of `hostIds` that are ours now
 */
export async function claimLooks(
  db: Db,
  hostIds: readonly string[],
  intervalMs: number,
): Promise<Set<string>> {
  const claimed = new Set<string>();
  for (let begin = 0; begin < hostIds.length; begin += AT_ONCE) {
    const some = hostIds.slice(begin, begin + AT_ONCE);
    for (const id of await claimSome(db, some, intervalMs)) claimed.add(id);
  }
  return claimed;
}

/** Mostly all are there and due: that is told by their number alone. */
async function claimSome(db: Db, hostIds: readonly string[], intervalMs: number): Promise<readonly string[]> {
  const claim = ulid();
  const take = () =>
    db('host_states')
      .whereIn('host_id', hostIds)
      .where(claimable(db, 'next_at', intervalMs))
      .update({ claim, next_at: nowPlus(db, Math.round(intervalMs)) });
  const taken = await take();
  if (taken === hostIds.length) return hostIds;
  const more = (await makeRows(db, hostIds)) ? await take() : 0;
  return taken + more === 0 ? [] : await db('host_states').where({ claim }).pluck('host_id');
}

/** @returns whether there were any to make */
async function makeRows(db: Db, hostIds: readonly string[]): Promise<boolean> {
  const known = new Set<string>(await db('host_states').whereIn('host_id', hostIds).pluck('host_id'));
  const rows = hostIds
    .filter((id) => !known.has(id))
    .map((id) => ({ host_id: id, reachable: 'unknown', supervisor: 'unknown', checked_at: 0 }));
  if (rows.length > 0) await db('host_states').insert(rows).onConflict('host_id').ignore();
  return rows.length > 0;
}
