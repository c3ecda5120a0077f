import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import { claimLook, recordHost } from '../store/host-states.ts';
import { recordPlacements } from '../store/states.ts';
import { type Prober, probe } from './probe.ts';
import { type WatchedHost, watchList } from './watch-list.ts';

export type SweepOptions = Prober & {
  db: Db;
  /** One machine is looked at at most once per so long, by however many health processes there are. */
  intervalMs: number;
  /** Machines looked at at the same time. */
  atOnce: number;
};

/**
 * Looks at all machines again and again. A machine whose look is not over yet is left out of a pass, so that one
 * that hangs holds up nobody and is never asked twice at once. Results are kept machine by machine.
 */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #waiting: WatchedHost[] = [];
  #stopped = false;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Begins the looks that are due; resolves when they are queued. @throws what the database throws. */
  async pass(): Promise<void> {
    const waiting = new Set(this.#waiting.map(({ id }) => id));
    const due = (await watchList(this.#options.db)).filter(
      ({ id }) => !this.#busy.has(id) && !waiting.has(id),
    );
    this.#waiting.push(...due);
    this.#fill();
  }

  /** Resolves when every look begun so far is over and recorded. */
  async settled(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
  }

  /** Begins no more looks, and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.length = 0;
    await this.settled();
  }

  #fill(): void {
    while (!this.#stopped && this.#busy.size < this.#options.atOnce) {
      const next = this.#waiting.shift();
      if (!next) return;
      const look = this.#look(next).finally(() => {
        this.#busy.delete(next.id);
        this.#fill();
      });
      this.#busy.set(next.id, look);
    }
  }

  /** What one machine does wrong is no reason to leave the others alone. */
  async #look(watched: WatchedHost): Promise<void> {
    const { db, intervalMs } = this.#options;
    try {
      if (!(await claimLook(db, watched.id, intervalMs * 0.8))) return;
      const { host, placements } = await probe(this.#options, watched);
      await recordPlacements(db, placements);
      await recordHost(db, watched.id, host);
    } catch (error) {
      logger.error({ err: error, host: watched.name }, 'a look at a host failed');
    }
  }
}
