import { ulid } from 'ulid';
import { now, nowPlus } from './clock.ts';
import type { Db } from './database.ts';

const AT_ONCE = 200;
/** Nobody claims so many intervals ahead: such a claim was made before the clock was set back. */
const FARTHEST = 4;

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
    await makeRows(db, some);
    const claim = ulid();
    const taken = await db('host_states')
      .whereIn('host_id', some)
      .where((due) =>
        due.where('next_at', '<=', now(db)).orWhere('next_at', '>', nowPlus(db, FARTHEST * intervalMs)),
      )
      .update({ claim, next_at: nowPlus(db, Math.round(intervalMs)) });
    if (taken > 0)
      for (const id of await db('host_states').where({ claim }).pluck('host_id')) claimed.add(id);
  }
  return claimed;
}

async function makeRows(db: Db, hostIds: readonly string[]): Promise<void> {
  const known = new Set<string>(await db('host_states').whereIn('host_id', hostIds).pluck('host_id'));
  const rows = hostIds
    .filter((id) => !known.has(id))
    .map((id) => ({ host_id: id, reachable: 'unknown', supervisor: 'unknown', checked_at: 0 }));
  if (rows.length > 0) await db('host_states').insert(rows).onConflict('host_id').ignore();
}
