import { setTimeout as pause } from 'node:timers/promises';
import { CedarError, messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Lease } from '../store/locks.ts';
import { isDuplicate } from '../store/transaction.ts';

/**
 * Asks the database until it answers, for about three minutes, or until the lease is lost: nothing more is done to
 * any host meanwhile. `work` may be done again. What the database refuses, and our own errors, are thrown at once.
 */
export async function patiently<T>(lease: Lease, lost: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const final = error instanceof CedarError || isDuplicate(error);
      if (final || lost.aborted || attempt >= 200) throw error;
      logger.warn({ operation: lease.operationId, attempt, error: messageOf(error) }, 'database tried again');
      await pause(Math.min(50 * attempt, 1000));
    }
  }
}
