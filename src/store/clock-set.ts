import { readClock } from './clock.ts';
import type { Db } from './database.ts';
import { writing } from './transaction.ts';

/** Less than so much is the wavering of a clock that is kept right. */
const WAVER_MS = 5000;

/** Times by the database's clock that something waits for, or by which something is held. */
const awaited: Record<string, string[]> = {
  locks: ['expires_at'],
  workers: ['heartbeat_at'],
  audit_sealer: ['held_until'],
  channels: ['claimed_until', 'wait_until'],
  notices: ['next_at'],
  host_states: ['next_at'],
  host_facts: ['next_at'],
};

/**
 * Notices that the database's clock was set back since the last time it was asked for here, by any process: what
 * waits or is held until a time then does so for as long as before, not until the clock has caught up.
 * @returns by how many milliseconds it was set back; 0: it was not, or another process has noticed it
 */
export async function noticeSetBack(db: Db): Promise<number> {
  return writing(db, async (trx) => {
    const at = await readClock(trx);
    const before = Number((await trx('clock_seen').where({ id: 1 }).first('at'))?.at ?? 0);
    if (at >= before) await trx('clock_seen').where({ id: 1 }).where('at', '<', at).update({ at });
    if (before - at <= WAVER_MS) return 0;
    const first = await trx('clock_seen').where({ id: 1, at: before }).update({ at });
    if (first === 0) return 0;
    for (const [table, columns] of Object.entries(awaited))
      for (const column of columns)
        await trx(table)
          .where(column, '>', at)
          .decrement(column, before - at);
    return before - at;
  });
}
