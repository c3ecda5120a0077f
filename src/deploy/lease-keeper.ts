import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import { handOver, type Lease, renew } from '../store/locks.ts';

export type LeaseTimes = { leaseSeconds: number; leaseRenewSeconds: number; leaseStopSeconds: number };

/** Renews a lease until it is closed. Its signal is aborted when the lease is lost, or could not be renewed in time. */
export class LeaseKeeper {
  readonly #db: Db;
  readonly #lease: Lease;
  readonly #times: LeaseTimes;
  readonly #controller = new AbortController();
  readonly #renewals: NodeJS.Timeout;
  #watchdog: NodeJS.Timeout;

  /** @param db a connection of its own, so that a busy pool cannot starve the lease. */
  constructor(db: Db, lease: Lease, times: LeaseTimes) {
    this.#db = db;
    this.#lease = lease;
    this.#times = times;
    this.#renewals = setInterval(() => void this.#renew(), times.leaseRenewSeconds * 1000);
    this.#watchdog = this.#watch();
  }

  get lost(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of the lease: any worker may go on at once, and this one writes nothing more. */
  async handOver(why: string): Promise<void> {
    this.#stop(why);
    await handOver(this.#db, this.#lease);
  }

  close(): void {
    clearInterval(this.#renewals);
    clearTimeout(this.#watchdog);
  }

  async #renew(): Promise<void> {
    try {
      if (await renew(this.#db, this.#lease, this.#times.leaseSeconds)) {
        clearTimeout(this.#watchdog);
        this.#watchdog = this.#watch();
      } else this.#stop('taken by another worker');
    } catch (error) {
      logger.warn({ operation: this.#lease.operationId, error: messageOf(error) }, 'lease not renewed');
    }
  }

  #watch(): NodeJS.Timeout {
    return setTimeout(() => this.#stop('not renewed in time'), this.#times.leaseStopSeconds * 1000);
  }

  #stop(why: string): void {
    this.close();
    if (this.lost.aborted) return;
    logger.error({ operation: this.#lease.operationId, fence: this.#lease.fence, why }, 'lease lost');
    this.#controller.abort(new Error(`lease lost: ${why}`));
  }
}
