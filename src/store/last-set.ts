import type { Db } from './database.ts';

/** So many of the newest rows are looked through. */
const ROWS = 500;

/**
 * When each variable was set last, by the audit trail; those that came otherwise (a copy, an import) are not in it.
 * @param host the name of the host whose own variables are asked for
 */
export async function lastSet(
  db: Db,
  action: `${'project' | 'environment' | 'placement'}.variables`,
  object: string,
  host?: string,
): Promise<Map<string, number>> {
  const rows = await db('audit')
    .where({ object, action })
    // Not by the index of results: nearly all are.
    .whereRaw("coalesce(result, '') = 'ok'")
    .orderBy('id', 'desc')
    .limit(ROWS)
    .select('at', 'after');
  const found = new Map<string, number>();
  for (const row of rows) {
    const after = JSON.parse(row.after ?? '{}') as { set?: string[]; host?: string };
    if (host !== undefined && after.host !== host) continue;
    for (const name of after.set ?? []) {
      const plain = name.replace(/ \(secret\)$/, '');
      if (!found.has(plain)) found.set(plain, Number(row.at));
    }
  }
  return found;
}
