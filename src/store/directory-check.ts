import type { Db } from './database.ts';

/** How the last questions about people of the directory went. `why`: what stopped them; null: nothing did. */
export type DirectoryCheck = {
  at: number;
  why: string | null;
  asked: number;
  unsure: number;
  ended: number;
};

/** Keeps the last one alone. */
export async function note(db: Db, check: DirectoryCheck): Promise<void> {
  const why = check.why === null ? null : check.why.slice(0, 500);
  await db('directory_check')
    .insert({ id: 1, ...check, why })
    .onConflict('id')
    .merge();
}

export async function last(db: Db): Promise<DirectoryCheck | null> {
  const row = await db('directory_check').where({ id: 1 }).first();
  if (!row) return null;
  const { asked, unsure, ended } = row;
  return { at: Number(row.at), why: row.why, asked, unsure, ended };
}
