import type { Db } from './database.ts';

export type ImportedKind = 'user' | 'group' | 'project' | 'host' | 'placement' | 'operation' | 'ticket';

/** As what a row of the original was taken over; null where it was not yet. */
export async function takenAs(db: Db, kind: ImportedKind, original: string): Promise<string | null> {
  const row = await db('imported').where({ kind, original }).first('taken_as');
  return row?.taken_as ?? null;
}

export async function remember(db: Db, kind: ImportedKind, original: string, takenAs: string): Promise<void> {
  await db('imported').insert({ kind, original, taken_as: takenAs, at: Date.now() });
}

/** Which of these were taken over already. */
export async function known(db: Db, kind: ImportedKind, originals: readonly string[]): Promise<Set<string>> {
  const rows = await db('imported')
    .where({ kind })
    .whereIn('original', [...originals]);
  return new Set(rows.map((row) => row.original as string));
}

/** All originals of a kind that were taken over already. */
export async function all(db: Db, kind: ImportedKind): Promise<Set<string>> {
  return new Set(
    (await db('imported').where({ kind }).select('original')).map((row) => row.original as string),
  );
}
