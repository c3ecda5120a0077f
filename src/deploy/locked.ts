import { CedarError } from '../errors.ts';
import type { Db } from '../store/database.ts';
import * as locks from '../store/locks.ts';
import * as operations from '../store/operations.ts';

/** True where another operation holds the project. */
export function isLocked(error: unknown): boolean {
  return error instanceof CedarError && error.code === 'locked';
}

/** The sentence of the lock: who does what since when. */
export async function lockedError(db: Db, projectId: string): Promise<CedarError> {
  const lock = await locks.ofProject(db, projectId);
  const holder = lock?.operationId ? await operations.byId(db, lock.operationId) : null;
  return new CedarError(
    'locked',
    {
      holder: holder?.requestedName ?? '?',
      kind: holder?.kind ?? '?',
      operation: holder?.id ?? '',
      since: lock?.heldSince ?? 0,
    },
    409,
  );
}
