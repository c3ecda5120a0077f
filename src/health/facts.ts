import { atOnce } from '../deploy/at-once.ts';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import { claim, due } from '../store/fact-claims.ts';
import { record } from '../store/fact-records.ts';
import { gather } from './gather.ts';
import type { Prober } from './prober.ts';
import { type WatchedHost, WatchList } from './watch-list.ts';

export type FactsOptions = Prober & {
  db: Db;
  /** Each machine once per so long, by however many health processes there are. */
  intervalMs: number;
  /** Shared with whoever reads it too. */
  list?: WatchList;
};

/** Machines asked at the same time: facts are in no hurry, and the sweep goes first. */
const AT_ONCE = 10;

/** Gathers the facts of drift, machine by machine. Passes never overlap; results are kept as they come. */
export class Facts {
  readonly #options: FactsOptions;
  readonly #list: WatchList;
  #passing: Promise<void> | null = null;
  #stopped = false;

  constructor(options: FactsOptions) {
    this.#options = options;
    this.#list = options.list ?? new WatchList();
  }

  /** Asks the machines that are due; resolves when all were. One under way is joined. @throws what the database throws. */
  pass(): Promise<void> {
    this.#passing ??= this.#pass().finally(() => {
      this.#passing = null;
    });
    return this.#passing;
  }

  /** Asks no more machines, and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#passing;
  }

  async #pass(): Promise<void> {
    const { db, intervalMs } = this.#options;
    const ids = new Set(await due(db, intervalMs));
    if (ids.size === 0) return;
    const hosts = (await this.#list.read(db)).filter(({ id }) => ids.has(id));
    await atOnce(hosts, AT_ONCE, (host) => this.#look(host));
  }

  /** What one machine does wrong is no reason to leave the others alone. */
  async #look(host: WatchedHost): Promise<void> {
    const { db, intervalMs } = this.#options;
    try {
      if (this.#stopped || !(await claim(db, host.id, intervalMs))) return;
      const begunAt = await readClock(db);
      await record(db, { hostId: host.id, begunAt, ...(await gather(this.#options, host)) });
    } catch (error) {
      logger.error({ error: messageOf(error), host: host.name }, 'the facts of a host could not be kept');
    }
  }
}
