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

type Step = { parent: number; detail: string };

/**
 * Statements that go through a whole big table: without an index, by one that is made for the moment, or through all
 * of an index where nothing ends it (no LIMIT).
 */
export async function offenders(db: Db, queries: readonly Query[], big: Set<string>): Promise<Offender[]> {
  return withPlans(db, queries, ({ sql }, plan) => {
    return plan.flatMap(({ detail }) => {
      const [, name] = /^(?:SCAN|SEARCH(?= \S+ USING AUTOMATIC)) (\S+)/.exec(detail) ?? [];
      const table = name && tableOf(sql, name);
      const ends = /USING (COVERING )?INDEX/.test(detail) && /\blimit\b/i.test(sql);
      return !table || !big.has(table) || ends ? [] : [{ table, told: detail, sql }];
    });
  });
}

/**
 * Statements that go through a big table bit by bit: an index is asked by its first column alone for each row of a
 * smaller table that is read whole. What they read grows with the big table, so they are told of, too.
 */
export async function rounds(db: Db, queries: readonly Query[], big: Set<string>): Promise<Offender[]> {
  return withPlans(db, queries, ({ sql }, plan) => {
    const outer = plan.findIndex(({ detail }) => /^SCAN (?!CONSTANT)/.test(detail));
    const inner = plan.slice(outer + 1).filter(({ parent }) => parent === plan[outer]?.parent);
    return inner.flatMap(({ detail }) => {
      const [, name] = /^SEARCH (\S+) USING (?:COVERING )?INDEX \S+ \((?!id=)\w+=\?\)/.exec(detail) ?? [];
      const table = name && tableOf(sql, name);
      return table && big.has(table) ? [{ table, told: `${plan[outer]!.detail}; ${detail}`, sql }] : [];
    });
  });
}

/** One for each statement that anything is found of. */
async function withPlans(
  db: Db,
  queries: readonly Query[],
  judge: (query: Query, plan: Step[]) => Offender[],
): Promise<Offender[]> {
  const found: Offender[] = [];
  for (const query of queries) {
    const plan: Step[] = await db.raw(`EXPLAIN QUERY PLAN ${query.sql}`, (query.bindings ?? []) as never);
    found.push(...judge(query, plan).slice(0, 1));
  }
  return found;
}

function tableOf(sql: string, name: string): string {
  return new RegExp(`(\\w+)\`? as \`?${name}\\b`, 'i').exec(sql)?.[1] ?? name;
}
