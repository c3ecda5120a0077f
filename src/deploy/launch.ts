import { ulid } from 'ulid';
import { CedarError } from '../errors.ts';
import type { Operation, OperationKind } from '../model/operation.ts';
import * as audit from '../store/audit.ts';
import { operationChanged, operationPassed } from '../store/changes.ts';
import type { Db } from '../store/database.ts';
import * as locks from '../store/locks.ts';
import * as operationHosts from '../store/operation-hosts.ts';
import * as operations from '../store/operations.ts';
import * as projects from '../store/projects.ts';
import * as releases from '../store/releases.ts';
import { snapshotOf } from '../store/snapshot.ts';
import * as steps from '../store/steps.ts';
import { isDuplicate, writing } from '../store/transaction.ts';
import { admissionOf } from './admission.ts';
import { decisionOf } from './decided.ts';
import { isLocked, lockedError } from './locked.ts';
import { withProcess } from './one-process.ts';
import { planSteps } from './plan.ts';
import { withPromotion } from './promotion.ts';
import type { Request } from './request.ts';
import { withStrategy } from './run-strategy.ts';
import { same } from './same-request.ts';
import { takeTicket, withTicket } from './ticket-launch.ts';

export type { Request } from './request.ts';
export { isLocked, lockedError };

/**
 * Takes the project's lock and queues an operation; a worker finds it there. The same idempotency key gives the
 * same operation again. The caller has checked the permission.
 * @throws CedarError `locked` (409; holder, kind, since), `no_such_project`, `no_such_release`, `no_hosts`,
 *   what a gate refuses with (403, 409), `foreign_host`, `idempotency_key_reused` (409), `strategy_wrong` (422), `no_such_process` (422), and what snapshotOf throws
 */
export async function launch(db: Db, request: Request): Promise<Operation> {
  const key = request.idempotencyKey ?? null;
  try {
    return await writing(db, async (trx) => {
      const earlier = key ? await operations.byIdempotencyKey(trx, key) : null;
      return earlier ? same(earlier, request) : queue(trx, request, key);
    });
  } catch (error) {
    const earlier = key && isTaken(error) ? await operations.byIdempotencyKey(db, key) : null;
    if (!earlier) throw error;
    return same(earlier, request);
  }
}

/** They are about the project alone. */
const withoutHosts = new Set<OperationKind>(['clone', 'clean-cache']);

/** The same form, sent twice at once, may find its own key or its own lock taken. */
function isTaken(error: unknown): boolean {
  return isDuplicate(error) || isLocked(error);
}

async function queue(trx: Db, asked: Request, idempotencyKey: string | null): Promise<Operation> {
  const request = await withTicket(trx, await withPromotion(trx, asked));
  if (request.hostIds.length === 0 && !withoutHosts.has(request.kind))
    throw new CedarError('no_hosts', {}, 422);
  const project = await projects.byId(trx, request.projectId);
  if (!project) throw new CedarError('no_such_project', {}, 404);
  await checkRelease(trx, request);
  const admission = await admissionOf(trx, project, request);
  const id = ulid();
  if (!(await locks.hold(trx, project.id, id))) throw await lockedError(trx, project.id);
  const placed = await snapshotOf(trx, project.id, [...new Set(request.hostIds)], request.params);
  const snapshot = withProcess(placed, request);
  snapshot.project.settings = withStrategy(snapshot.project.settings, request.strategy);
  const decision = decisionOf(request, snapshot);
  const ticketId = await takeTicket(trx, request, project, { decision, operationId: id });
  await operations.add(trx, {
    id,
    projectId: project.id,
    projectKey: project.key,
    environment: project.environment,
    groupId: project.groupId,
    kind: request.kind,
    ref: request.kind === 'deploy' || request.kind === 'prepare' ? (request.ref ?? project.branch) : null,
    releaseId: request.releaseId ?? null,
    fromOperation: request.fromOperation ?? null,
    relation: request.relation ?? null,
    snapshot,
    decision,
    ticketId,
    admission,
    reason: request.reason ?? null,
    requestedBy: request.by.id,
    requestedName: request.by.displayName,
    idempotencyKey,
  });
  await operationHosts.add(trx, id, snapshot.hosts);
  await steps.append(trx, id, planSteps(request.kind, snapshot));
  await operationChanged(trx, id);
  const { passed } = admission;
  const { kind, by } = request;
  if (passed)
    await operationPassed(trx, project.groupId, {
      ...{ operationId: id, projectKey: project.key, kind, by: by.displayName, passed },
    });
  await audit.record(trx, {
    actor: request.by.username,
    via: request.via ?? 'web',
    ip: request.ip,
    requestId: request.requestId,
    action: `operation.${request.kind}`,
    object: `project:${project.key}`,
    after: {
      operation: id,
      ref: request.ref,
      release: request.releaseId,
      hosts: snapshot.hosts.map((host) => host.name),
      process: snapshot.params.process?.name,
      ticket: ticketId ?? undefined,
      passed: admission.passed ?? undefined,
    },
    result: 'ok',
    reason: request.reason,
  });
  return (await operations.byId(trx, id))!;
}

/** S40: only a kept release of this very project can be rolled back to; a resumed deploy names its release too. */
async function checkRelease(trx: Db, request: Request): Promise<void> {
  const needed = request.kind === 'rollback' || request.kind === 'fast-rollback';
  if (!needed && !request.releaseId) return;
  const release = request.releaseId ? await releases.byId(trx, request.releaseId) : null;
  if (release?.projectId !== request.projectId || release.state !== 'kept')
    throw new CedarError('no_such_release', {}, 422);
}
