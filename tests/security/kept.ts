import type { Db } from '../../src/store/database.ts';

/** All texts in the database that hold a word, whole, from within JSON too. */
export async function keptTexts(db: Db, word: string, except: string[] = []): Promise<string[]> {
  const tables: string[] = await db('sqlite_master').where({ type: 'table' }).pluck('name');
  const cells = await Promise.all(
    tables.filter((name) => !except.includes(name)).map((name) => db(name) as Promise<object[]>),
  );
  return cells.flat().flatMap((row) => Object.values(row).flatMap((cell) => textsIn(cell, word)));
}

function textsIn(value: unknown, word: string): string[] {
  if (typeof value === 'string') {
    if (!value.includes(word)) return [];
    if (!/^[{["]/.test(value)) return [value];
    try {
      return textsIn(JSON.parse(value), word);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return [value];
    }
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [...textsIn(key, word), ...textsIn(inner, word)]);
}
