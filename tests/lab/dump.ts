import type { Db } from '../../src/store/database.ts';

/** Every value of every table of an embedded database, as a dump of it would show them. */
export async function textsOf(db: Db): Promise<string[]> {
  const tables = await db('sqlite_master').where({ type: 'table' }).select('name');
  const rows = await Promise.all(tables.map(({ name }) => db(name as string).select()));
  return rows.flat().flatMap((row) => Object.values(row).map(String));
}
