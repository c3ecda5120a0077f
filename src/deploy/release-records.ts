import type { Operation } from '../model/operation.ts';
import type { Release } from '../model/release.ts';
import type { Db } from '../store/database.ts';
import * as hostReleases from '../store/host-releases.ts';
import type { Lease } from '../store/locks.ts';
import * as releases from '../store/releases.ts';
import * as retention from '../store/retention.ts';

/** How an operation asks and writes, however long the database is away. */
export type Database = {
  lease: Lease;
  operation: Operation;
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  write<T>(work: (trx: Db) => Promise<T>): Promise<T>;
};

/** Releases, here and on hosts, as steps ask and tell of them under the operation's lease. */
export class ReleaseRecords {
  protected readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  protected get lease(): Lease {
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
}
