import { CedarError } from '../errors.ts';
import type { Failure, OperationHost, OperationState } from '../model/operation.ts';
import type { StepState } from '../model/step.ts';
import { operationChanged } from './changes.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';
import { judgeEnded } from './judged-deploys.ts';
import { type Lease, release, stillMine } from './locks.ts';
import { ticketEnded } from './ticket-runs.ts';
import { writing } from './transaction.ts';

/** Thrown when another worker has taken the operation over: whoever gets it stops at once and touches nothing more. */
export class LeaseLost extends CedarError {
  constructor(lease: Lease) {
    super('lease_lost', { operation: lease.operationId, fence: lease.fence }, 409);
  }
}

/**
 * Every write that a worker makes for its operation goes through here: one transaction that first makes sure of
 * the lease (owner and fence), so that a superseded worker changes no row.
 * @throws LeaseLost
 */
export async function fenced<T>(db: Db, lease: Lease, work: (trx: Db) => Promise<T>): Promise<T> {
  return writing(db, async (trx) => {
    if (!(await stillMine(trx, lease))) throw new LeaseLost(lease);
    return work(trx);
  });
}

/** Journals that a step's effect is about to happen, under the key of this attempt. */
export async function intend(trx: Db, lease: Lease, stepId: string, attempt: number): Promise<void> {
  await trx('steps')
    .where({ id: stepId })
    .update({
      state: 'intent',
      attempt,
      fence: lease.fence,
      worker: lease.owner,
      started_at: trx.raw('coalesce(started_at, ?)', [now(trx)]),
    });
}

/** Journals that a step is begun anew under another key; what its source says from now on has not been stored. */
export async function intendAnew(trx: Db, lease: Lease, stepId: string, attempt: number): Promise<void> {
  await intend(trx, lease, stepId, attempt);
  await trx('steps').where({ id: stepId }).update({ source_offset: 0 });
}

/** Journals where an intended step is about to begin what can be done only once. */
export async function began(trx: Db, stepId: string, evidence: Record<string, unknown>): Promise<void> {
  await trx('steps')
    .where({ id: stepId })
    .update({ evidence: JSON.stringify(evidence) });
}

/** Journals what became of a step. */
export async function conclude(
  trx: Db,
  stepId: string,
  state: Exclude<StepState, 'pending' | 'intent'>,
  evidence: Record<string, unknown>,
): Promise<void> {
  await trx('steps')
    .where({ id: stepId })
    .update({ state, evidence: JSON.stringify(evidence), ended_at: now(trx) });
}

/** Keeps what is known of a step that has not begun yet: since when it is waited for, say. */
export async function keepEvidence(
  trx: Db,
  stepId: string,
  evidence: Record<string, unknown>,
): Promise<void> {
  await trx('steps')
    .where({ id: stepId })
    .update({ evidence: JSON.stringify(evidence), started_at: now(trx) });
}

export async function startOperation(db: Db, lease: Lease): Promise<void> {
  await fenced(db, lease, async (trx) => {
    await trx('operations')
      .where({ id: lease.operationId })
      .update({
        state: 'running',
        started_at: trx.raw('coalesce(started_at, ?)', [now(trx)]),
        ...{ paused_at: null, resume_at: null },
      });
    await operationChanged(trx, lease.operationId);
  });
}

/** Counts one more worker that died on this operation; gives the new count. */
export async function countCrash(db: Db, lease: Lease): Promise<number> {
  return fenced(db, lease, async (trx) => {
    await trx('operations').where({ id: lease.operationId }).increment('crashes', 1);
    const row = await trx('operations').where({ id: lease.operationId }).first('crashes');
    return Number(row?.crashes ?? 0);
  });
}

/** Merges facts into the operation's, with the columns that pages and queries read. */
export async function keepFacts(
  trx: Db,
  operationId: string,
  facts: Record<string, unknown>,
  columns: { commit_id?: string; release_id?: string; decision_hash?: string } = {},
): Promise<void> {
  const row = await trx('operations').where({ id: operationId }).first('facts');
  const merged = { ...JSON.parse(row?.facts ?? '{}'), ...facts };
  await trx('operations')
    .where({ id: operationId })
    .update({ facts: JSON.stringify(merged), ...columns });
}

export async function markHost(
  trx: Db,
  operationId: string,
  hostId: string,
  change: Partial<Pick<OperationHost, 'state' | 'releaseBefore' | 'releaseAfter'>> & {
    facts?: Record<string, unknown>;
  },
): Promise<void> {
  const columns: Record<string, unknown> = {};
  if (change.state) columns.state = change.state;
  if (change.releaseBefore !== undefined) columns.release_before = change.releaseBefore;
  if (change.releaseAfter !== undefined) columns.release_after = change.releaseAfter;
  if (change.facts) columns.facts = JSON.stringify(change.facts);
  await trx('operation_hosts').where({ operation_id: operationId, host_id: hostId }).update(columns);
}

/** Keeps an operation that had nothing to do as succeeded, in the caller's transaction: it never held the project. */
export async function recordSuccess(trx: Db, operationId: string): Promise<void> {
  const of = { operation_id: operationId };
  await trx('steps')
    .where(of)
    .update({ state: 'done', started_at: now(trx), ended_at: now(trx) });
  await trx('operation_hosts').where(of).update({ state: 'untouched' });
  await trx('operations')
    .where({ id: operationId })
    .update({ state: 'succeeded', started_at: now(trx), finished_at: now(trx) });
  await judgeEnded(trx, operationId);
  await operationChanged(trx, operationId);
}

/** Ends the operation and frees its project, in the caller's transaction. What was under way is unknown from then on. */
export async function finish(
  trx: Db,
  lease: Lease,
  state: OperationState,
  failure: Failure | null,
): Promise<void> {
  await trx('operation_hosts')
    .where({ operation_id: lease.operationId, state: 'waiting' })
    .update({ state: 'untouched' });
  await trx('operation_hosts')
    .where({ operation_id: lease.operationId, state: 'active' })
    .update({ state: 'unknown' });
  await trx('steps')
    .where({ operation_id: lease.operationId, state: 'pending' })
    .update({ state: 'skipped' });
  await trx('steps')
    .where({ operation_id: lease.operationId, state: 'intent' })
    .update({ state: 'unknown', ended_at: now(trx) });
  await trx('operations')
    .where({ id: lease.operationId })
    .update({ state, failure: failure ? JSON.stringify(failure) : null, finished_at: now(trx) });
  await operationChanged(trx, lease.operationId);
  await judgeEnded(trx, lease.operationId);
  await ticketEnded(trx, lease.operationId, state);
  await release(trx, lease);
}
