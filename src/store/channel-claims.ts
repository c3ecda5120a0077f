import { now, nowPlus, readClock } from './clock.ts';
import type { Db } from './database.ts';

/** One worker sends for a channel at a time, so that its notices keep their order and its rate is one count. */
export type Claim = { channelId: string; worker: string };

/** Channels with a notice that is due, which nobody holds and which do not wait. */
export async function due(db: Db, limit: number): Promise<string[]> {
  const rows: { channel_id: string }[] = await db('notices as n')
    .join('channels as c', 'c.id', 'n.channel_id')
    .where('n.state', 'waiting')
    .where('n.next_at', '<=', now(db))
    .whereNull('c.disabled_at')
    .where((free) => free.whereNull('c.claimed_until').orWhere('c.claimed_until', '<', now(db)))
    .where((ready) => ready.whereNull('c.wait_until').orWhere('c.wait_until', '<=', now(db)))
    .distinct('n.channel_id')
    .limit(limit);
  return rows.map((row) => row.channel_id);
}

/** Null where another worker was faster. */
export async function claim(
  db: Db,
  channelId: string,
  worker: string,
  leaseMs: number,
): Promise<Claim | null> {
  const changed = await db('channels')
    .where({ id: channelId })
    .where((free) => free.whereNull('claimed_until').orWhere('claimed_until', '<', now(db)))
    .update({ claimed_by: worker, claimed_until: nowPlus(db, leaseMs) });
  return changed === 1 ? { channelId, worker } : null;
}

/** Holds the channel for so long from now on. False where it is another worker's. */
export async function keep(db: Db, { channelId, worker }: Claim, leaseMs: number): Promise<boolean> {
  const changed = await db('channels')
    .where({ id: channelId, claimed_by: worker })
    .update({ claimed_until: nowPlus(db, leaseMs) });
  return changed === 1;
}

export async function letGo(db: Db, { channelId, worker }: Claim): Promise<void> {
  await db('channels')
    .where({ id: channelId, claimed_by: worker })
    .update({ claimed_by: null, claimed_until: null });
}

/** When messages were sent within the last `windowMs`, oldest first, and the time now; all by the database's clock. */
export async function recent(
  db: Db,
  channelId: string,
  windowMs: number,
): Promise<{ at: number[]; clock: number }> {
  const clock = await readClock(db);
  const row = await db('channels').where({ id: channelId }).first('recent');
  const all = JSON.parse(row?.recent ?? '[]') as number[];
  return { at: all.filter((at) => at > clock - windowMs && at <= clock), clock };
}

/** Counts a message. `before` are those that still count. */
export async function count(db: Db, channelId: string, before: readonly number[]): Promise<void> {
  const recent = JSON.stringify([...before, await readClock(db)]);
  await db('channels').where({ id: channelId }).update({ recent });
}

/** The channel answers again. */
export async function recovered(db: Db, channelId: string): Promise<void> {
  await db('channels')
    .where({ id: channelId })
    .update({ failures: 0, failing_since: null, wait_until: null });
}

/** The channel did not take a message: it is left alone for `waitMs`. */
export async function failed(db: Db, channelId: string, waitMs: number): Promise<void> {
  await db('channels')
    .where({ id: channelId })
    .update({
      failures: db.raw('failures + 1'),
      failing_since: db.raw('coalesce(failing_since, ?)', [now(db)]),
      wait_until: nowPlus(db, waitMs),
    });
}

/** The channel is full for now. */
export async function wait(db: Db, channelId: string, waitMs: number): Promise<void> {
  await db('channels')
    .where({ id: channelId })
    .update({ wait_until: nowPlus(db, waitMs) });
}
