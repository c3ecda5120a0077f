import type { Release } from '../model/release.ts';
import type { Db } from '../store/database.ts';
import * as hostReleases from '../store/host-releases.ts';
import { fenced } from '../store/journal.ts';
import type { Lease } from '../store/locks.ts';
import * as releases from '../store/releases.ts';
import * as retention from '../store/retention.ts';
import * as steps from '../store/steps.ts';
import * as traffic from '../store/traffic.ts';

/** The tables that steps ask and tell, under the operation's lease. */
export class Records {
  private readonly db: Db;
  private readonly lease: Lease;

  constructor(db: Db, lease: Lease) {
    this.db = db;
    this.lease = lease;
  }

  release(id: string): Promise<Release | null> {
    return releases.byId(this.db, id);
  }

  reusable(commit: string, configHash: string): Promise<Release | null> {
    return releases.reusable(this.db, this.lease.projectId, commit, configHash);
  }

  addRelease(release: Release): Promise<void> {
    return fenced(this.db, this.lease, (trx) => releases.add(trx, release));
  }

  markGood(releaseId: string): Promise<void> {
    return fenced(this.db, this.lease, (trx) => releases.markGood(trx, releaseId));
  }

  markPruned(releaseId: string): Promise<void> {
    return fenced(this.db, this.lease, (trx) => releases.markPruned(trx, releaseId));
  }

  kept(): Promise<Release[]> {
    return releases.kept(this.db, this.lease.projectId);
  }

  /** Releases that must not go, whatever their age: running anywhere, last good, pinned, or needed by an operation. */
  protectedIds(): Promise<Set<string>> {
    return retention.protectedIds(this.db, this.lease.projectId);
  }

  staged(hostId: string, releaseId: string): Promise<void> {
    return fenced(this.db, this.lease, (trx) =>
      hostReleases.add(trx, this.lease.projectId, hostId, releaseId),
    );
  }

  stagedOn(hostId: string): Promise<string[]> {
    return hostReleases.ofHost(this.db, this.lease.projectId, hostId);
  }

  unstaged(hostId: string, releaseId: string): Promise<void> {
    return fenced(this.db, this.lease, (trx) =>
      hostReleases.remove(trx, this.lease.projectId, hostId, releaseId),
    );
  }

  /** Writes into the ledger what traffic an instance shall get and got. */
  traffic(
    hostId: string,
    process: number,
    desired: 'in' | 'out',
    observed: 'in' | 'out' | 'unknown',
  ): Promise<void> {
    return fenced(this.db, this.lease, (trx) =>
      traffic.set(trx, this.lease, { hostId, process, desired, observed }),
    );
  }

  sourceOffset(stepId: string): Promise<number> {
    return steps.sourceOffset(this.db, stepId);
  }
}
