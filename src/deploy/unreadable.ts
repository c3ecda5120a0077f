import { CedarError } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import { fenced, finish } from '../store/journal.ts';
import type { Lease } from '../store/locks.ts';
import * as steps from '../store/steps.ts';
import { failureOf } from './failure.ts';

/** A sealed value of the operation was changed, or was sealed with a key that we do not have (S67). */
export function isUnreadable(error: unknown): boolean {
  return error instanceof CedarError && error.code === 'vault_open';
}

/**
 * Ends an operation whose secrets cannot be opened: without them nothing is done, and its log could not be masked.
 * One that had begun to change hosts needs a person.
 */
export async function endUnreadable(db: Db, lease: Lease, error: unknown): Promise<void> {
  const operation = lease.operationId;
  const rows = await steps.ofOperation(db, operation);
  const live = rows.some((row) => row.phase === 'activate' && row.state !== 'pending');
  const failure = failureOf(error, { stepKey: null, hostId: null }, []);
  await fenced(db, lease, (trx) => finish(trx, lease, live ? 'needs-attention' : 'failed', failure));
  logger.error({ operation }, 'a sealed value of the operation cannot be opened');
}
