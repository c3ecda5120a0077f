import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { lookNow } from '../health/look-now.ts';
import { logger } from '../logger.ts';
import { believedMs } from '../model/belief.ts';
import type { Db } from '../store/database.ts';
import { findAgain } from '../store/fact-claims.ts';
import { countCrash, fenced, finish } from '../store/journal.ts';
import * as locks from '../store/locks.ts';
import { failureOf, StepFailed } from './failure.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { Nap } from './nap.ts';
import { patiently } from './patience.ts';
import { Run } from './run.ts';
import { runOperation } from './runner.ts';
import { isSuperseded } from './superseded.ts';
import { tidyBuilds } from './tidy.ts';
import type { Tools } from './tools.ts';
import { endUnreadable, isUnreadable } from './unreadable.ts';

/** An operation that has ended so many workers is parked as failed. */
const MOST_CRASHES = 3;

/** Claims operations, those of lost workers too, and runs them in its slots. */
export class Worker {
  readonly #db: Db;
  readonly #leaseDb: Db;
  readonly #tools: Tools;
  readonly #id: string;
  readonly #draining = new AbortController();
  readonly #nap = new Nap();
  readonly #running = new Set<Promise<void>>();
  readonly #keepers = new Set<LeaseKeeper>();
  #loop: Promise<void> = Promise.resolve();

  /** @param leaseDb a connection of its own for the leases (may be the same for the embedded database). */
  constructor(db: Db, leaseDb: Db, tools: Tools, id: string) {
    this.#db = db;
    this.#leaseDb = leaseDb;
    this.#tools = tools;
    this.#id = id;
  }

  start(): void {
    this.#loop = this.#claimForever();
  }

  /** There may be an operation: it is looked for now. */
  wake(): void {
    this.#nap.wake();
  }

  /**
   * Takes no more work, finishes the hosts at hand within the drain time, and hands the rest over. What is not over
   * by then goes on without us on its host, and with whoever asks for its outcome next.
   */
  async drain(): Promise<void> {
    this.#draining.abort();
    this.#nap.wake();
    await this.#loop;
    const all = Promise.all(this.#running);
    await Promise.race([all, pause(this.#tools.config.drainSeconds * 1000, undefined, { ref: false })]);
    await Promise.allSettled([...this.#keepers].map((keeper) => keeper.handOver('no time left to drain')));
  }

  async #claimForever(): Promise<void> {
    while (!this.#draining.signal.aborted) {
      try {
        await this.#claimSome();
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'could not look for operations');
      }
      await this.#nap.rest(this.#tools.config.pollSeconds * 1000);
    }
  }

  async #claimSome(): Promise<void> {
    const free = this.#tools.config.workerSlots - this.#running.size;
    if (free <= 0) return;
    for (const lock of await locks.claimable(this.#db, free)) {
      const lease = await locks.claim(this.#db, lock, this.#id, this.#tools.config.leaseSeconds);
      if (!lease) continue;
      const work = this.#work(lease, lock.owner !== null).finally(() => this.#running.delete(work));
      this.#running.add(work);
    }
  }

  async #work(lease: locks.Lease, crashed: boolean): Promise<void> {
    const { operationId: operation, fence } = lease;
    const keeper = new LeaseKeeper(this.#leaseDb, lease, this.#tools.config);
    this.#keepers.add(keeper);
    logger.info({ operation, fence, crashed }, 'operation claimed');
    try {
      if (crashed && (await countCrash(this.#db, lease)) >= MOST_CRASHES) return await this.#park(lease);
      const open = () => Run.open(this.#db, this.#tools, lease, keeper.lost);
      const run = await patiently(lease, keeper.lost, open);
      const end = await runOperation(run, { draining: this.#draining.signal });
      if (end === 'handed-over') await locks.handOver(this.#db, lease);
      logger.info({ operation, fence, end }, 'operation left');
      this.#letGo(keeper);
      if (end === 'finished') await this.#afterwards(run);
    } catch (error) {
      const log = { operation, fence, error: messageOf(error) };
      if (isUnreadable(error)) await endUnreadable(this.#db, lease, error);
      else if (isSuperseded(error) || keeper.lost.aborted)
        logger.warn(log, 'operation taken over by another worker');
      else logger.error(log, 'operation left to the next worker');
    } finally {
      this.#letGo(keeper);
    }
  }

  #letGo(keeper: LeaseKeeper): void {
    this.#keepers.delete(keeper);
    keeper.close();
  }

  /** What no operation has to wait for: the pages see its hosts as they are now, and its checkout and old releases go. */
  async #afterwards({ operation }: Run): Promise<void> {
    const { pool, vault, config, releases } = this.#tools;
    try {
      const hostIds = operation.snapshot.hosts.map((host) => host.hostId);
      await findAgain(this.#db, operation.projectId, hostIds);
      await lookNow(this.#db, { pool, vault, deadlineMs: 5000 }, hostIds, believedMs(config.sweepSeconds));
      await tidyBuilds(this.#db, join(config.dataDir, 'builds'));
      await releases.tidy(operation.projectKey);
    } catch (error) {
      logger.warn({ operation: operation.id, error: messageOf(error) }, 'could not look or tidy afterwards');
    }
  }

  /** R9: an operation that ends every worker must not go round for ever. */
  async #park(lease: locks.Lease): Promise<void> {
    const crashed = new StepFailed('crashed', { times: MOST_CRASHES });
    const failure = failureOf(crashed, { stepKey: null, hostId: null }, []);
    await fenced(this.#db, lease, (trx) => finish(trx, lease, 'failed', failure));
  }
}
