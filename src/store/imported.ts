import { createHash } from 'node:crypto';
import type { Db } from './database.ts';

export type ImportedKind =
  | 'user'
  | 'group'
  | 'grant'
  | 'project'
  | 'host'
  | 'placement'
  | 'operation'
  | 'ticket';

/** The column holds so many characters; of a longer name its hash stands at the end. */
const LONGEST = 160;

function keyOf(original: string): string {
  if (original.length <= LONGEST) return original;
  return `${original.slice(0, 80)}#${createHash('sha256').update(original).digest('hex')}`;
}

/** As what a row of the original was taken over; null where it was not yet. */
export async function takenAs(db: Db, kind: ImportedKind, original: string): Promise<string | null> {
  const row = await db('imported')
    .where({ kind, original: keyOf(original) })
    .first('taken_as');
  return row?.taken_as ?? null;
}

/** Keeps as what it was taken over, the first time alone. */
export async function remember(db: Db, kind: ImportedKind, original: string, takenAs: string): Promise<void> {
  await db('imported')
    .insert({ kind, original: keyOf(original), taken_as: takenAs, at: Date.now() })
    .onConflict(['kind', 'original'])
    .ignore();
}

/** Which of these were taken over already. */
export async function known(db: Db, kind: ImportedKind, originals: readonly string[]): Promise<Set<string>> {
  const rows = await db('imported').where({ kind }).whereIn('original', originals.map(keyOf));
  const found = new Set(rows.map((row) => row.original as string));
  return new Set(originals.filter((original) => found.has(keyOf(original))));
}
