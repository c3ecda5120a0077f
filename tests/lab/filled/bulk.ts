import type { Knex } from 'knex';

type Kept = { name: string; sql: string };

/**
 * Lets `fill` write into an embedded database without indexes, and builds them afterwards: a tenth of the time. A
 * crash in between leaves nothing of use. On MariaDB it only fills.
 */
export async function inBulk<T>(db: Knex, fill: () => Promise<T>): Promise<T> {
  if (db.client.config.client === 'mysql2') return fill();
  for (const pragma of ['journal_mode = MEMORY', 'synchronous = OFF', 'cache_size = -600000'])
    await db.raw(`PRAGMA ${pragma}`);
  await db.raw('PRAGMA foreign_keys = OFF');
  const indexes: Kept[] = await db('sqlite_master').where({ type: 'index' }).whereNotNull('sql');
  const triggers: Kept[] = await db('sqlite_master').where({ type: 'trigger' });
  for (const { name } of triggers) await db.raw(`DROP TRIGGER \`${name}\``);
  for (const { name } of indexes) await db.raw(`DROP INDEX \`${name}\``);
  const filled = await fill();
  for (const { sql } of [...indexes, ...triggers]) await db.raw(sql);
  for (const pragma of ['synchronous = FULL', 'cache_size = -2000', 'foreign_keys = ON'])
    await db.raw(`PRAGMA ${pragma}`);
  await db.raw('PRAGMA journal_mode = WAL');
  return filled;
}
