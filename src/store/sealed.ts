import { type Db, isMysql } from './database.ts';
import { writing } from './transaction.ts';

/** A sealed value, wherever it stands: alone, or within the JSON of a column. */
const sealedWith = (keyId: string) =>
  new RegExp(`v1\\.${keyId}\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]{22,}`, 'g');
/** Rows at a time: a rotation never holds the database for long. */
const AT_ONCE = 50;
/** These hold nothing sealed: audit rows are chained by hash, the others are of knex and the databases. */
const NEVER = /^(audit|knex_|sqlite_)/;

type Column = { table: string; column: string };
/** How many rows were changed; `failed` names, as `table.column`, where something could not be opened. */
export type Resealed = { rows: number; failed: string[] };

/**
 * Replaces every value that was sealed with one key, in all tables there are. Rows are compared and swapped: whoever
 * writes meanwhile is not undone. May run beside everything else, and again.
 * @param renew gives the value sealed anew; where it throws, the row stays as it is and its column is named
 */
export async function reseal(db: Db, keyId: string, renew: (sealed: string) => string): Promise<Resealed> {
  const all: Resealed = { rows: 0, failed: [] };
  for (const column of await textColumns(db)) {
    const done = await resealColumn(db, column, keyId, renew);
    all.rows += done.rows;
    if (done.failed) all.failed.push(`${column.table}.${column.column}`);
  }
  return all;
}

async function resealColumn(
  db: Db,
  { table, column }: Column,
  keyId: string,
  renew: (sealed: string) => string,
) {
  const failed: string[] = [];
  for (let rows = 0; ; ) {
    const found = await db(table)
      .distinct(column)
      .where(column, 'like', `%v1.${keyId}.%`)
      .whereNotIn(column, failed)
      .limit(AT_ONCE);
    if (found.length === 0) return { rows, failed: failed.length > 0 };
    for (const text of found.map((row) => String(row[column]))) {
      const fresh = renewed(text, keyId, renew);
      if (fresh === null) failed.push(text);
      else rows += await swap(db, { table, column }, text, fresh);
    }
  }
}

/** Null where nothing of it can be sealed anew. */
function renewed(text: string, keyId: string, renew: (sealed: string) => string): string | null {
  try {
    const fresh = text.replace(sealedWith(keyId), renew);
    return fresh === text ? null : fresh;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'vault_open') throw error;
    return null;
  }
}

function swap(db: Db, { table, column }: Column, from: string, to: string): Promise<number> {
  return writing(db, (trx) =>
    trx(table)
      .where({ [column]: from })
      .update({ [column]: to }),
  );
}

async function textColumns(db: Db): Promise<Column[]> {
  const found: Column[] = [];
  for (const table of (await tables(db)).filter((name) => !NEVER.test(name))) {
    for (const [column, { type }] of Object.entries(await db(table).columnInfo()))
      if (/text|char/i.test(type)) found.push({ table, column });
  }
  return found;
}

async function tables(db: Db): Promise<string[]> {
  const rows = isMysql(db)
    ? await db('information_schema.tables')
        .whereRaw('table_schema = database()')
        .select({ name: 'table_name' })
    : await db('sqlite_master').where({ type: 'table' }).select('name');
  return rows.map(({ name }) => String(name));
}
