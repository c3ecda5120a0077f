import type { Knex } from 'knex';
import { type Db, isMysql } from './database.ts';

/** SQL for the database's own clock, in epoch milliseconds. Leases go by it alone, never by a process's clock. */
export function now(db: Db): Knex.Raw {
  return db.raw(
    isMysql(db)
      ? 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)'
      : "CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER)",
  );
}

/** SQL for the database's clock plus `milliseconds`, which may be negative. */
export function nowPlus(db: Db, milliseconds: number): Knex.Raw {
  return db.raw('(? + ?)', [now(db), Math.round(milliseconds)]);
}

/** Reads the database's clock, epoch milliseconds. */
export async function readClock(db: Db): Promise<number> {
  const rows = await db.select({ now: now(db) });
  return Number((rows as unknown as { now: number }[])[0]?.now);
}
