import type { Db } from '../../src/store/database.ts';

/** A statement that reads all of a big table, with what the database says of it. */
export type Offender = { table: string; told: string; sql: string };

type Query = { sql: string; bindings?: readonly unknown[] };

/** Every different statement that `look` sends. */
export async function heard(db: Db, look: () => Promise<unknown>): Promise<Query[]> {
  const found = new Map<string, Query>();
  const hear = (query: Query) => {
    if (!found.has(query.sql)) found.set(query.sql, query);
  };
  db.on('query', hear);
  await look();
  db.removeListener('query', hear);
  return [...found.values()].filter(({ sql }) => /^\s*(select|with|\()/i.test(sql));
}

/** Tables of at least so many rows. */
export async function bigTables(db: Db, rows: number): Promise<Set<string>> {
  const tables: { name: string }[] = await db('sqlite_master').where({ type: 'table' }).select('name');
  const big = new Set<string>();
  for (const { name } of tables) {
    const [found] = await db.raw('SELECT max(rowid) AS n FROM ??', [name]);
    if (Number(found?.n ?? 0) >= rows) big.add(name);
  }
  return big;
}

/**
 * Statements that go through a whole big table: without an index, or through all of an index where nothing ends it
 * (no LIMIT).
 */
export async function offenders(db: Db, queries: readonly Query[], big: Set<string>): Promise<Offender[]> {
  const found: Offender[] = [];
  for (const { sql, bindings = [] } of queries) {
    const plan: { detail: string }[] = await db.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings as never);
    for (const { detail } of plan) {
      const [, name] = /^SCAN (\S+)/.exec(detail) ?? [];
      const table = name && tableOf(sql, name);
      if (!table || !big.has(table)) continue;
      if (/USING (COVERING )?INDEX/.test(detail) && /\blimit\b/i.test(sql)) continue;
      found.push({ table, told: detail, sql });
    }
  }
  return found;
}

function tableOf(sql: string, name: string): string {
  return new RegExp(`\`(\\w+)\` as \`${name}\``, 'i').exec(sql)?.[1] ?? name;
}
