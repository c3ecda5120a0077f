import type { Operation, OperationHost } from '../model/operation.ts';
import { countAsked } from './asked-weeks.ts';
import type { Db } from './database.ts';
import { judgeEnded } from './judged-deploys.ts';

/** An operation of another console, long over. Times are epoch ms. */
export type PastOperation = Pick<
  Operation,
  'id' | 'projectId' | 'projectKey' | 'environment' | 'groupId' | 'kind' | 'ref' | 'commit' | 'snapshot'
> &
  Pick<Operation, 'requestedName' | 'requestedBy' | 'reason' | 'createdAt'> & {
    state: 'succeeded' | 'failed';
    hosts: Pick<OperationHost, 'hostId' | 'hostName'>[];
  };

/** Adds it to the history as it ended then. It has no steps: what it did is not known. */
export async function addPast(trx: Db, past: PastOperation): Promise<void> {
  await trx('operations').insert({
    id: past.id,
    project_id: past.projectId,
    project_key: past.projectKey,
    environment: past.environment,
    group_id: past.groupId,
    kind: past.kind,
    state: past.state,
    ref: past.ref,
    commit_id: past.commit,
    snapshot: JSON.stringify(past.snapshot),
    facts: '{}',
    reason: past.reason,
    requested_by: past.requestedBy,
    requested_name: past.requestedName,
    created_at: past.createdAt,
    started_at: past.createdAt,
    finished_at: past.createdAt,
  });
  await countAsked(trx, past.id);
  await judgeEnded(trx, past.id);
  const state = past.state === 'succeeded' ? 'done' : 'unknown';
  for (const [position, { hostId, hostName }] of past.hosts.entries())
    await trx('operation_hosts').insert({
      ...{ operation_id: past.id, host_id: hostId, host_name: hostName, position, state },
      facts: '{}',
    });
}
