import type { Arrival } from '../model/arrival.ts';
import type { Clone } from '../model/clone.ts';
import type { ConfigurationFile } from '../model/configuration-file.ts';
import type { KnownOf } from '../model/known-machine.ts';
import type { HostSnapshot } from '../model/operation.ts';
import * as arrivals from '../store/arrivals.ts';
import { type Cloned, copyProject } from '../store/cloning.ts';
import * as hosts from '../store/hosts.ts';
import { join, leave } from '../store/joining.ts';
import * as journal from '../store/journal.ts';
import { knownOf } from '../store/known-machine.ts';
import * as operations from '../store/operations.ts';
import { type Placed, placed } from '../store/placed.ts';
import * as projectFiles from '../store/project-files.ts';
import * as steps from '../store/steps.ts';
import * as traffic from '../store/traffic.ts';
import { ReleaseRecords } from './release-records.ts';

export type { Placed } from '../store/placed.ts';

/** The tables that steps ask and tell, under the operation's lease. */
export class Records extends ReleaseRecords {
  /** The commit of the second repository that an operation of before went by; null: none. */
  async configCommitOf(operationId: string): Promise<string | null> {
    const { configCommit } = await this.database.read((db) => operations.facts(db, operationId));
    return typeof configCommit === 'string' ? configCommit : null;
  }

  /** What the ledger says of a process's traffic; null where it was never taken out or put in. */
  trafficOf(place: traffic.Place): Promise<traffic.Traffic | null> {
    return this.database.read((db) => traffic.of(db, this.lease.projectId, place));
  }

  /** Writes into the ledger what traffic a process shall get and gets. */
  traffic(place: traffic.Place, desired: 'in' | 'out', observed: 'in' | 'out' | 'unknown'): Promise<void> {
    return this.database.write((trx) => traffic.set(trx, this.lease, place, { desired, observed }));
  }

  /** Keeps what a registry needs to put a process in again. */
  keepTraffic(place: traffic.Place, kept: string): Promise<void> {
    return this.database.write((trx) => traffic.keep(trx, this.lease, place, kept));
  }

  /** How many milliseconds a process has surely been out of traffic; null where that is not sure. */
  outFor(place: traffic.Place): Promise<number | null> {
    return this.database.read((db) => traffic.outFor(db, this.lease.projectId, place));
  }

  /** Sealed texts of configuration files, by id. */
  fileTexts(ids: readonly string[]): Promise<Map<string, string>> {
    return this.database.read((db) => projectFiles.texts(db, ids));
  }

  /** The configuration files that an operation's project had then; null where the operation is not there. */
  async filesOf(operationId: string): Promise<ConfigurationFile[] | null> {
    const made = await this.database.read((db) => operations.byId(db, operationId));
    return made ? (made.snapshot.project.files ?? []) : null;
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

  /** What is known of a machine that arrives in an environment. */
  knownOf(environment: string, hostId: string): Promise<KnownOf> {
    return this.database.read((db) => knownOf(db, environment, hostId));
  }

  isNameFree(name: string, hostId: string): Promise<boolean> {
    return this.database.read(async (db) => ((await hosts.byName(db, name))?.id ?? hostId) === hostId);
  }

  keepWaiting(hostId: string, shown: { key: string; fingerprint: string }): Promise<void> {
    return this.database.write((trx) => arrivals.keepWaiting(trx, hostId, shown));
  }

  join(host: HostSnapshot, arrival: Arrival): Promise<void> {
    return this.database.write((trx) => join(trx, this.database.operation, host, arrival));
  }

  leave(host: HostSnapshot): Promise<void> {
    return this.database.write((trx) => leave(trx, this.database.operation, host));
  }

  clone(clone: Clone): Promise<Cloned> {
    return this.database.write((trx) => copyProject(trx, this.database.operation, clone));
  }

  sourceOffset(stepId: string): Promise<number> {
    return this.database.read((db) => steps.sourceOffset(db, stepId));
  }
}
