import type { Db } from './database.ts';

class Changed extends Error {}

/**
 * The tables of the audit trail that the database would let us change: it is tried on the newest row of each, and
 * taken back. A table without rows cannot be tried and counts as well kept.
 */
export async function changeable(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (const [table, key] of [
    ['audit', 'id'],
    ['audit_seals', 'seq'],
  ] as const)
    if (await letsChange(db, table, key)) found.push(table);
  return found;
}

async function letsChange(db: Db, table: string, key: string): Promise<boolean> {
  const row = await db(table).orderBy(key, 'desc').first(key);
  if (!row) return false;
  try {
    await db.transaction(async (trx) => {
      await trx(table).where(row).update(row);
      throw new Changed();
    });
  } catch (error) {
    if (error instanceof Changed) return true;
    if (isRefusal(error)) return false;
    throw error;
  }
  return false;
}

/** By a trigger, or because the user has no right to. */
function isRefusal(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    /^ER_(SIGNAL_EXCEPTION|(TABLE|COLUMN)ACCESS_DENIED_ERROR)$/.test(String(code)) ||
    String(message).includes('is append-only')
  );
}
