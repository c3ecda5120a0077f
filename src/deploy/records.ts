import type { Release } from '../model/release.ts';
import type { Db } from '../store/database.ts';
import * as hostReleases from '../store/host-releases.ts';
import * as journal from '../store/journal.ts';
import type { Lease } from '../store/locks.ts';
import { type Placed, placed } from '../store/placed.ts';
import * as releases from '../store/releases.ts';
import * as retention from '../store/retention.ts';
import * as steps from '../store/steps.ts';
import * as traffic from '../store/traffic.ts';

export type { Placed } from '../store/placed.ts';

/** How an operation asks and writes, however long the database is away. */
type Database = {
  lease: Lease;
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  write<T>(work: (trx: Db) => Promise<T>): Promise<T>;
};

/** The tables that steps ask and tell, under the operation's lease. */
export class Records {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  private get lease(): Lease {
    return this.database.lease;
  }

  release(id: string): Promise<Release | null> {
    return this.database.read((db) => releases.byId(db, id));
  }

  reusable(commit: string, configHash: string): Promise<Release | null> {
    return this.database.read((db) => releases.reusable(db, this.lease.projectId, commit, configHash));
  }

  addRelease(release: Release): Promise<void> {
    return this.database.write((trx) => releases.add(trx, release));
  }

  markGood(releaseId: string): Promise<void> {
    return this.database.write((trx) => releases.markGood(trx, releaseId));
  }

  markPruned(releaseId: string): Promise<void> {
    return this.database.write((trx) => releases.markPruned(trx, releaseId));
  }

  kept(): Promise<Release[]> {
    return this.database.read((db) => releases.kept(db, this.lease.projectId));
  }

  goneAmong(ids: string[]): Promise<string[]> {
    return this.database.read((db) => releases.goneAmong(db, ids));
  }

  /** Releases that must not go, whatever their age: running anywhere, last good, pinned, or needed by an operation. */
  protectedIds(): Promise<Set<string>> {
    return this.database.read((db) => retention.protectedIds(db, this.lease.projectId));
  }

  staged(hostId: string, releaseId: string): Promise<void> {
    return this.database.write((trx) => hostReleases.add(trx, this.lease.projectId, hostId, releaseId));
  }

  stagedOn(hostId: string): Promise<string[]> {
    return this.database.read((db) => hostReleases.ofHost(db, this.lease.projectId, hostId));
  }

  unstaged(hostId: string, releaseId: string): Promise<void> {
    return this.database.write((trx) => hostReleases.remove(trx, this.lease.projectId, hostId, releaseId));
  }

  /** Writes into the ledger what traffic an instance shall get and got. */
  traffic(
    hostId: string,
    process: number,
    desired: 'in' | 'out',
    observed: 'in' | 'out' | 'unknown',
  ): Promise<void> {
    return this.database.write((trx) => traffic.set(trx, this.lease, { hostId, process, desired, observed }));
  }

  /** What a step is about to begin, for a successor that finds it begun. */
  began(stepId: string, evidence: Record<string, unknown>): Promise<void> {
    return this.database.write((trx) => journal.began(trx, stepId, evidence));
  }

  /** Where the project is placed now, hosts that this operation leaves out too. */
  placed(): Promise<Placed[]> {
    return this.database.read((db) => placed(db, this.lease.projectId));
  }

  /** Ids of the hosts on which an instance is out of traffic, or may be. */
  async outOfTraffic(): Promise<Set<string>> {
    const { projectId } = this.lease;
    const out = await this.database.read((db) => traffic.out(db, [projectId]));
    return new Set(out.map((one) => one.hostId));
  }

  sourceOffset(stepId: string): Promise<number> {
    return this.database.read((db) => steps.sourceOffset(db, stepId));
  }
}
