import { type Db, isMysql } from '../../src/store/database.ts';

/** How a database reads one table for a statement: everything of it, or what an index leads to. */
export type Reading = { table: string; whole: boolean; sorted: boolean; told: string; sql: string };

/** What the database says of every statement that `look` sends, one reading for each table in it. */
export async function plansOf(db: Db, look: () => Promise<unknown>): Promise<Reading[]> {
  const asked: { sql: string; bindings: readonly unknown[] }[] = [];
  const hear = (query: { sql: string; bindings: readonly unknown[] }) => void asked.push(query);
  db.on('query', hear);
  await look();
  db.removeListener('query', hear);
  const readings: Reading[] = [];
  for (const { sql, bindings } of asked.filter((query) => /^\s*(select|\()/i.test(query.sql)))
    readings.push(...(await (isMysql(db) ? ofMariadb : ofSqlite)(db, sql, bindings)));
  return readings;
}

type Read = (db: Db, sql: string, bindings: readonly unknown[]) => Promise<Reading[]>;

const ofMariadb: Read = async (db, sql, bindings) => {
  const [rows] = await db.raw(`EXPLAIN ${sql}`, bindings as never);
  return rows.map((row: Record<string, unknown>) => ({
    ...{ table: String(row.table), whole: row.type === 'ALL', sql },
    sorted: /filesort|temporary/.test(String(row.Extra)),
    told: `${row.table}: ${row.type} ${row.key ?? ''} ${row.rows} ${row.Extra}`,
  }));
};

const ofSqlite: Read = async (db, sql, bindings) => {
  const rows: { detail: string }[] = await db.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings as never);
  return rows.map(({ detail }) => ({
    table: /^(?:SCAN|SEARCH) (\S+)/.exec(detail)?.[1] ?? '',
    whole: /^SCAN (?!.*USING (COVERING )?INDEX)/.test(detail),
    ...{ sorted: detail.startsWith('USE TEMP B-TREE'), told: detail, sql },
  }));
};
