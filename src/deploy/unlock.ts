import { ulid } from 'ulid';
import { CedarError } from '../errors.ts';
import { isLive, type Operation } from '../model/operation.ts';
import type { Person } from '../model/person.ts';
import * as audit from '../store/audit.ts';
import { operationChanged } from '../store/changes.ts';
import type { Db } from '../store/database.ts';
import * as locks from '../store/locks.ts';
import * as operationHosts from '../store/operation-hosts.ts';
import * as operations from '../store/operations.ts';
import * as steps from '../store/steps.ts';
import { writing } from '../store/transaction.ts';
import { planSteps } from './plan.ts';

/**
 * Takes the lock from a live operation, which ends as abandoned, and gives it to an operation that announces the
 * next fence to every host: whatever the old worker still tries there is refused.
 * @throws CedarError `reason_needed`, `not_live` (409)
 */
export async function unlock(
  db: Db,
  operationId: string,
  by: Pick<Person, 'id' | 'username' | 'displayName'>,
  reason: string,
  ip: string | null = null,
  requestId: string | null = null,
  via: 'web' | 'api' = 'web',
): Promise<Operation> {
  if (!reason.trim()) throw new CedarError('reason_needed', {}, 422);
  return writing(db, async (trx) => {
    const holder = await operations.byId(trx, operationId);
    const id = ulid();
    if (!holder || !isLive(holder.state) || !(await locks.transfer(trx, holder.projectId, holder.id, id))) {
      throw new CedarError('not_live', {}, 409);
    }
    await operations.abandon(trx, holder.id);
    await operationChanged(trx, holder.id);
    await operations.add(trx, {
      ...holder,
      id,
      kind: 'unlock',
      ref: null,
      releaseId: null,
      decision: null,
      ticketId: null,
      admission: { via, by: by.username, tokenId: null, passed: null },
      fromOperation: holder.id,
      relation: 'unlock',
      reason,
      requestedBy: by.id,
      requestedName: by.displayName,
      idempotencyKey: null,
    });
    await operationHosts.add(trx, id, holder.snapshot.hosts);
    await steps.append(trx, id, planSteps('unlock', holder.snapshot));
    await operationChanged(trx, id);
    await audit.record(trx, {
      actor: by.username,
      via,
      ip,
      requestId,
      action: 'operation.unlock',
      object: `project:${holder.projectKey}`,
      before: { operation: holder.id, by: holder.requestedName },
      after: { operation: id },
      result: 'ok',
      reason,
    });
    return (await operations.byId(trx, id))!;
  });
}
