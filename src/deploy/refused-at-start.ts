import type { Operation } from '../model/operation.ts';
import * as audit from '../store/audit.ts';
import type { Db } from '../store/database.ts';

/** Remembers that an operation which was let in once was refused as it started or went on, and why. */
export function noteRefusedStart(trx: Db, operation: Operation, reason: string): Promise<void> {
  const { id, kind, projectKey, requestedName, admission } = operation;
  return audit.record(trx, {
    ...{ actor: admission?.by ?? requestedName, via: 'worker', action: `operation.${kind}` },
    ...{ object: `project:${projectKey}`, after: { operation: id }, result: 'refused', reason },
  });
}
