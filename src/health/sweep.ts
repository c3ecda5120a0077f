import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import { claimLooks } from '../store/look-claims.ts';
import { Glances } from './glances.ts';
import { tellOpenFiles } from './open-files.ts';
import type { Prober } from './prober.ts';
import { Recorder } from './recorder.ts';
import { Turns } from './turns.ts';
import { visits } from './visits.ts';
import { type WatchedHost, WatchList } from './watch-list.ts';

export type SweepOptions = Prober & {
  db: Db;
  /** One machine is looked at at most once per so long, by however many health processes there are. */
  intervalMs: number;
  /** Machines looked at at the same time; told, or by their number. */
  atOnce?: number;
};

/**
 * A twentieth of the machines, so that a tenth of them may hang and all are looked at within an interval. Fewer than a
 * hundred machines are no crowd: they are claimed and looked at together.
 */
const FEWEST = 100;
const MOST = 500;

/** Intervals after which a look is believed no more. */
export const STALE_INTERVALS = 3;

/**
 * Looks at all machines again and again. A machine whose look is not over yet is left out of a pass, so that one
 * that hangs holds up nobody and is never asked twice at once. Results are kept as they come.
 */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #recorder: Recorder;
  readonly #list = new WatchList();
  readonly #turns = new Turns();
  readonly #glances: Glances;
  /** Everything between being due and being looked at, by id. */
  readonly #queued = new Set<string>();
  readonly #busy = new Set<Promise<void>>();
  readonly #waiting: WatchedHost[] = [];
  readonly #ready: WatchedHost[] = [];
  #claiming: Promise<void> | null = null;
  #stopped = false;
  #atOnce = FEWEST;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#glances = new Glances(options);
    this.#recorder = new Recorder(options.db, options.intervalMs * STALE_INTERVALS);
  }

  /** Begins the looks that are due; resolves when they are queued. @throws what the database throws. */
  async pass(): Promise<void> {
    const hosts = await this.#list.read(this.#options.db);
    this.#keep(hosts);
    tellOpenFiles(hosts.length);
    this.#atOnce = this.#options.atOnce ?? Math.min(MOST, Math.max(FEWEST, Math.ceil(hosts.length / 20)));
    for (const host of hosts) {
      if (this.#queued.has(host.id)) continue;
      this.#queued.add(host.id);
      this.#waiting.push(host);
    }
    this.#fill();
  }

  /** Resolves when every look begun so far is over and recorded. */
  async settled(): Promise<void> {
    while (this.#claiming || this.#busy.size > 0) await (this.#claiming ?? Promise.all(this.#busy));
    await this.#recorder.flush();
  }

  /** Begins no more looks, and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.length = 0;
    this.#ready.length = 0;
    await this.settled();
  }

  /** What is no longer in the inventory leaves nothing behind, and no connection. */
  #keep(hosts: WatchedHost[]): void {
    const ids = new Set(hosts.map(({ id }) => id));
    this.#recorder.keep(ids);
    this.#turns.keep(ids);
    const targets = hosts.flatMap(({ placements }) => visits(placements).map(({ target }) => target));
    this.#options.pool.keepOnly(targets);
  }

  #fill(): void {
    while (!this.#stopped && this.#busy.size < this.#atOnce) {
      const next = this.#ready.shift();
      if (!next) {
        this.#claimMore();
        return;
      }
      const look = this.#look(next).finally(() => {
        this.#busy.delete(look);
        this.#queued.delete(next.id);
        this.#fill();
      });
      this.#busy.add(look);
    }
  }

  /** Only as many as can begin soon: the rest is there for another process. */
  #claimMore(): void {
    if (this.#claiming || this.#waiting.length === 0) return;
    const some = this.#waiting.splice(0, this.#atOnce);
    this.#claiming = this.#claim(some).finally(() => {
      this.#claiming = null;
      this.#fill();
    });
  }

  async #claim(some: WatchedHost[]): Promise<void> {
    const { db, intervalMs } = this.#options;
    try {
      const ids = some.map(({ id }) => id);
      const ours = await claimLooks(db, ids, intervalMs * 0.8);
      for (const host of some)
        if (ours.has(host.id)) this.#ready.push(host);
        else this.#queued.delete(host.id);
      if (this.#stopped) this.#ready.length = 0;
    } catch (error) {
      for (const { id } of some) this.#queued.delete(id);
      logger.error({ err: error, hosts: some.length }, 'looks at hosts could not be claimed');
    }
  }

  /** What one machine does wrong is no reason to leave the others alone. */
  async #look(watched: WatchedHost): Promise<void> {
    try {
      const known = this.#recorder.known(watched.id);
      const found = await this.#glances.look(watched, known, this.#turns.isDue(watched.id));
      this.#recorder.add(found === known ? known : { hostId: watched.id, ...found });
    } catch (error) {
      logger.error({ err: error, host: watched.name }, 'a look at a host failed');
    }
  }
}
