import { record } from '../store/audit.ts';
import type { Db } from '../store/database.ts';
import * as links from '../store/links.ts';
import { writing } from '../store/transaction.ts';
import * as users from '../store/users.ts';

/**
 * The one-time address on which the first admin is made; null where there is an admin already. It is good for 24
 * hours, and each start makes a new one.
 * @param baseUrl the console's public address, without a path.
 */
export async function ensureSetupLink(db: Db, baseUrl: string): Promise<string | null> {
  if ((await users.activeAdmins(db)) > 0) return null;
  const token = await writing(db, async (trx) => {
    const entry = { action: 'setup.link', object: 'console', result: 'ok' } as const;
    await record(trx, { actor: 'console', via: 'cli', ...entry });
    return links.make(trx, 'setup');
  });
  return new URL(`/setup/${token}`, baseUrl).href;
}
