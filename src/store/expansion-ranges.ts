import type { Db } from './database.ts';
import { writing } from './transaction.ts';

/** The address ranges of an environment whose machines are trusted when first seen, as an admin listed them. */
export async function ofEnvironment(db: Db, environment: string): Promise<string[]> {
  const rows = await db('expansion_ranges').where({ environment }).orderBy('address_range');
  return rows.map((row) => row.address_range);
}

/** Replaces an environment's ranges; those that stay keep who added them and when. */
export async function replace(db: Db, environment: string, ranges: string[], by: string): Promise<void> {
  await writing(db, async (trx) => {
    await trx('expansion_ranges').where({ environment }).whereNotIn('address_range', ranges).delete();
    for (const range of ranges)
      await trx('expansion_ranges')
        .insert({ environment, address_range: range, added_by: by, added_at: Date.now() })
        .onConflict(['environment', 'address_range'])
        .ignore();
  });
}
