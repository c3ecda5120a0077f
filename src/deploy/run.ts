import type { HostSnapshot, Operation, ProjectSnapshot } from '../model/operation.ts';
import type { StepRow } from '../model/step.ts';
import type { Db } from '../store/database.ts';
import { keepFacts, markHost } from '../store/journal.ts';
import type { Lease } from '../store/locks.ts';
import * as logWriter from '../store/log-writer.ts';
import * as operationHosts from '../store/operation-hosts.ts';
import * as operations from '../store/operations.ts';
import { learn } from '../store/snapshot.ts';
import * as steps from '../store/steps.ts';
import { GatheredWrites } from './gathered-writes.ts';
import type { HostFacts, OperationFacts } from './host-facts.ts';
import { OperationLog } from './operation-log.ts';
import { patiently } from './patience.ts';
import { Records } from './records.ts';
import { formsOf, releaseSecrets } from './secrets.ts';
import { Shelf } from './shelf.ts';
import type { Outcome } from './step.ts';
import type { Tools } from './tools.ts';

/** One operation in the hands of one worker: what is known of it, and the only way in which it is written. */
export class Run {
  readonly db: Db;
  readonly tools: Tools;
  readonly lease: Lease;
  readonly operation: Operation;
  readonly records: Records;
  readonly shelf: Shelf;
  readonly log: OperationLog;
  /** Every form of every secret that nobody may read. */
  readonly forms: string[];
  readonly facts: OperationFacts;
  readonly hostFacts: Map<string, HostFacts>;
  /** What ran on a host before, and how, for the steps that go back to it; by host id. */
  readonly past = new Map<string, Past>();
  /** True once something live on a host may have been touched. */
  live = false;
  private hidden: string | null = null;
  private readonly writes: GatheredWrites;
  /** Aborted when the lease is lost. */
  readonly lost: AbortSignal;

  private constructor(db: Db, tools: Tools, lease: Lease, lost: AbortSignal, known: Known) {
    this.db = db;
    this.tools = tools;
    this.lease = lease;
    this.lost = lost;
    this.writes = new GatheredWrites(db, lease, lost);
    this.operation = known.operation;
    this.facts = known.facts;
    this.hostFacts = known.hostFacts;
    this.records = new Records(this);
    this.shelf = new Shelf(tools.releases, known.operation.projectKey);
    this.forms = known.forms;
    this.log = new OperationLog((chunks) => this.write((trx) => this.append(trx, chunks)), this.forms);
  }

  static async open(db: Db, tools: Tools, lease: Lease, lost: AbortSignal): Promise<Run> {
    const operation = await operations.byId(db, lease.operationId);
    if (!operation) throw new Error(`operation ${lease.operationId} is not there`);
    const facts = (await operations.facts(db, operation.id)) as OperationFacts;
    const ofHosts: Map<string, unknown> = await operationHosts.facts(db, operation.id);
    const hostFacts = ofHosts as Map<string, HostFacts>;
    const forms = await formsOf(db, operation, tools);
    return new Run(db, tools, lease, lost, { operation, forms, facts, hostFacts });
  }

  /** From now on none of these is read in the log or on a card. */
  hide(secrets: readonly string[]): void {
    const known = new Set(this.forms);
    const added = secrets.filter((secret) => !known.has(secret));
    this.forms.push(...added);
    this.log.hide(added);
  }

  /** Once it is known which release the operation is about, what is secret in it is hidden too. */
  async hideRelease(): Promise<void> {
    const { releaseId } = this.facts;
    if (!releaseId || releaseId === this.hidden) return;
    this.hidden = releaseId;
    this.hide(await releaseSecrets(this.tools, this.operation.projectKey, releaseId));
  }

  journal(): Promise<StepRow[]> {
    return this.read((db) => steps.ofOperation(db, this.operation.id));
  }

  /** Asks, as patiently as `write` writes. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return patiently(this.lease, this.lost, () => work(this.db));
  }

  /**
   * Writes under the lease. While the database is away it waits and tries again: nothing more is done to any host
   * until the write went through, and nothing at all once the lease is lost, although nobody took it yet.
   * @throws LeaseLost; the reason of `lost`
   */
  async write<T>(work: (trx: Db) => Promise<T>): Promise<T> {
    const result = await this.writes.write(work);
    this.lost.throwIfAborted();
    return result;
  }

  /** Writes a piece of the log, as part of what is written with it. */
  async append(trx: Db, chunks: logWriter.NewChunk[]): Promise<void> {
    if (chunks.length > 0)
      await logWriter.append(trx, this.lease.operationId, chunks, this.tools.config.logCapBytes);
  }

  /** Keeps what a step found out, here and in the transaction that concludes the step. */
  async keep(trx: Db, row: StepRow, outcome: Outcome): Promise<void> {
    const { id } = this.operation;
    if (outcome.facts) {
      Object.assign(this.facts, outcome.facts);
      const { commit, releaseId, decision } = outcome.facts;
      const columns = {
        ...(commit && { commit_id: commit }),
        ...(releaseId && { release_id: releaseId }),
        ...(decision && { decision_hash: decision }),
      };
      await keepFacts(trx, id, outcome.facts, columns);
    }
    if (outcome.learned) await this.learn(trx, outcome.learned);
    if (row.hostId === null) return;
    if (outcome.hostFacts) {
      this.hostFacts.set(row.hostId, { ...this.hostFacts.get(row.hostId)!, ...outcome.hostFacts });
    }
    if (outcome.hostFacts || outcome.host) {
      const facts = outcome.hostFacts ? { facts: { ...this.hostFacts.get(row.hostId) } } : {};
      await markHost(trx, id, row.hostId, { ...outcome.host, ...facts });
    }
  }

  /** Of the machine that arrives: it is the only host of its operation. */
  private async learn(trx: Db, learned: NonNullable<Outcome['learned']>): Promise<void> {
    const host = this.operation.snapshot.hosts[0]!;
    await learn(trx, this.operation.id, host.hostId, learned);
    Object.assign(host, learned);
  }
}

/** A project and one of its hosts as an earlier operation knew them. */
export type Past = { project: ProjectSnapshot; host: HostSnapshot };

type Known = {
  operation: Operation;
  forms: string[];
  facts: OperationFacts;
  hostFacts: Map<string, HostFacts>;
};
