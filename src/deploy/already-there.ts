import { ulid } from 'ulid';
import type { Host } from '../model/host.ts';
import type { Operation } from '../model/operation.ts';
import type { Placement } from '../model/placement.ts';
import type { Project } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import { lastOfHost, liveOfProject } from '../store/host-operations.ts';
import { recordSuccess } from '../store/journal.ts';
import * as operationHosts from '../store/operation-hosts.ts';
import * as operations from '../store/operations.ts';
import { lastChanges } from '../store/running.ts';
import { snapshotOf } from '../store/snapshot.ts';
import * as steps from '../store/steps.ts';
import type { Asker } from './asker.ts';
import { step } from './plan-step.ts';

/** The expansion that brings a machine into a project right now; null: none. */
export async function comingNow(db: Db, projectId: string, address: string): Promise<Operation | null> {
  const live = await liveOfProject(db, projectId);
  const isIt = ({ kind, snapshot }: Operation) =>
    kind === 'expansion' && snapshot.params.arrival?.address === address;
  return live.find(isIt) ?? null;
}

/** True where the last thing that happened to a project on a host ended well with a release on it. */
export async function runsThere(db: Db, projectId: string, hostId: string): Promise<boolean> {
  const last = (await lastChanges(db, projectId, [hostId])).get(hostId);
  return last?.state === 'done' && last.releaseAfter !== null;
}

/**
 * The success that is told of a machine which runs the project already: the operation that brought it in, else one
 * that says that there was nothing to do.
 */
export async function alreadyThere(
  trx: Db,
  project: Project,
  host: Host,
  placed: Placement,
  asker: Asker,
): Promise<Operation> {
  const earlier = await lastOfHost(trx, project.id, host.id, ['expansion']);
  if (earlier?.snapshot.params.arrival?.placementId === placed.id) return earlier;
  const id = ulid();
  const snapshot = await snapshotOf(trx, project.id, [host.id]);
  const last = (await lastChanges(trx, project.id, [host.id])).get(host.id);
  await operations.add(trx, {
    ...{ id, projectId: project.id, projectKey: project.key, environment: project.environment },
    ...{ groupId: project.groupId, kind: 'expansion', ref: null, releaseId: last?.releaseAfter ?? null },
    ...{ fromOperation: null, relation: null, snapshot, reason: asker.reason ?? null },
    ...{ requestedBy: asker.by.id, requestedName: asker.by.displayName },
    idempotencyKey: asker.idempotencyKey ?? null,
  });
  await operationHosts.add(trx, id, snapshot.hosts);
  await steps.append(trx, id, [step('prepare', 'already-there')]);
  await recordSuccess(trx, id);
  return (await operations.byId(trx, id))!;
}
