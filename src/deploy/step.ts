import type { HostSnapshot, Operation, OperationHostState, Snapshot } from '../model/operation.ts';
import type { StepRow } from '../model/step.ts';
import type { OutcomeUnknown } from '../shells/guard/guard-error.ts';
import type { Lease } from '../store/locks.ts';
import type { HostFacts, OperationFacts } from './host-facts.ts';
import type { Records } from './records.ts';
import type { Shelf } from './shelf.ts';
import type { StepLog } from './step-log.ts';
import type { Tools } from './tools.ts';

/** What a step is given. It reads facts and gives back changes of them; it writes nothing to the database. */
export type StepContext = {
  tools: Tools;
  records: Records;
  shelf: Shelf;
  operation: Operation;
  snapshot: Snapshot;
  lease: Lease;
  row: StepRow;
  log: StepLog;
  facts: OperationFacts;
  /** Facts of every host, by host id. */
  allHostFacts: Map<string, HostFacts>;
  /** Aborted when the operation is cancelled before anything live was touched, or when the lease is lost. */
  signal: AbortSignal;
  /** Aborted when the lease is lost: the operation is another worker's then. */
  lost: AbortSignal;
  /** What a step has learnt that nobody may read, from now on. */
  hide(secrets: readonly string[]): void;
};

/** What a step of one host is given. */
export type HostStepContext = StepContext & { host: HostSnapshot; hostFacts: HostFacts; process: number };

/** What came of a step; all of it is journaled in one transaction. */
export type Outcome = {
  state?: 'done' | 'skipped';
  evidence?: Record<string, unknown>;
  facts?: Partial<OperationFacts>;
  hostFacts?: Partial<HostFacts>;
  /** What was learned of a host that the inventory does not know yet: the snapshot has it from then on. */
  learned?: Pick<HostSnapshot, 'name' | 'hostKey'>;
  host?: { state?: OperationHostState; releaseBefore?: string | null; releaseAfter?: string | null };
};

/** What looking at the host found out: it happened (with the outcome), it surely did not, or it cannot be told. */
export type Verdict = Outcome | 'not-done' | 'unknown';

export type Step<C extends StepContext = StepContext> = {
  run(context: C): Promise<Outcome>;
  /** Asked when the guard does not know. Without it the step may be repeated under a new key. */
  reconcile?(context: C, unknown: OutcomeUnknown): Promise<Verdict>;
};
