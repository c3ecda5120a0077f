import type { Knex } from 'knex';

const ROWS = 500;
const AT_ONCE = 40;

/** Columns that an embedded database works out of others: what is long travels once, not with every row. */
export type Also = Record<string, (of: (column: string) => string) => string>;

/** Inserts rows in pieces, thousands to a transaction. */
export async function insert(
  db: Knex,
  table: string,
  count: number,
  rowOf: (n: number) => Record<string, unknown>,
  also: Also = {},
): Promise<void> {
  const embedded = db.client.config.client !== 'mysql2';
  for (let start = 0; start < count; start += ROWS * AT_ONCE)
    await db.transaction(async (trx) => {
      const end = Math.min(count, start + ROWS * AT_ONCE);
      for (let from = start; from < end; from += ROWS) {
        const rows = Array.from({ length: Math.min(ROWS, end - from) }, (_, n) => rowOf(from + n));
        await trx.raw(...(embedded ? asJson(table, rows, also) : asValues(table, rows)));
      }
    });
}

/** Inserts rows as they come. */
export async function insertAll(db: Knex, table: string, rows: Iterable<Record<string, unknown>>) {
  let some: Record<string, unknown>[] = [];
  const flush = async () => {
    const now = some;
    some = [];
    await insert(db, table, now.length, (n) => now[n]!);
  };
  for (const row of rows) {
    some.push(row);
    if (some.length === ROWS * AT_ONCE) await flush();
  }
  await flush();
}

type Rows = Record<string, unknown>[];
type Statement = [string, Knex.RawBinding[]];
const into = (table: string, names: string[]) =>
  `INSERT INTO ${table} (${names.map((name) => `\`${name}\``)})`;

/** One bound text for all rows: binding each value alone takes longer than storing it. */
function asJson(table: string, rows: Rows, also: Also): Statement {
  const names = Object.keys(rows[0]!);
  const of = (name: string) => `json_extract(value, '$[${names.indexOf(name)}]')`;
  const columns = [...names.map(of), ...Object.values(also).map((sql) => sql(of))];
  const text = JSON.stringify(rows.map((row) => Object.values(row)));
  return [`${into(table, [...names, ...Object.keys(also)])} SELECT ${columns} FROM json_each(?)`, [text]];
}

function asValues(table: string, rows: Rows): Statement {
  const places = `(${Object.keys(rows[0]!).map(() => '?')})`;
  const values = rows.flatMap((row) => Object.values(row)) as Knex.RawBinding[];
  return [`${into(table, Object.keys(rows[0]!))} VALUES ${rows.map(() => places)}`, values];
}
