import { CedarError } from '../../errors.ts';
import type { Db } from '../../store/database.ts';
import * as locks from '../../store/locks.ts';

/** @throws CedarError `project_busy` (409) while an operation holds the project. */
export async function refuseBusy(db: Db, projectId: string): Promise<void> {
  const lock = await locks.ofProject(db, projectId);
  if (lock?.operationId) throw new CedarError('project_busy', {}, 409);
}
