import { logger } from '../logger.ts';
import { believedMs } from '../model/belief.ts';
import type { Db } from '../store/database.ts';
import { illHosts } from '../store/ill-hosts.ts';
import { claimLooks } from '../store/look-claims.ts';
import { Glances } from './glances.ts';
import { Lane } from './lane.ts';
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
  /** Machines looked at at the same time in each lane; told, or by their number. */
  atOnce?: number;
  /** Shared with whoever reads it too. */
  list?: WatchList;
};

/**
 * A twentieth of the machines, so that a tenth of them may hang and all are looked at within an interval. Fewer than a
 * hundred machines are no crowd: they are claimed and looked at together.
 */
const FEWEST = 100;
const MOST = 500;

/**
 * Looks at all machines again and again. A machine whose look is not over yet is left out of a pass, so that one
 * that hangs is never asked twice at once; those that did not answer last time have a lane of their own, so that
 * however many hang hold up nobody else. Results are kept as they come.
 */
export class Sweep {
  readonly #options: SweepOptions;
  readonly #recorder: Recorder;
  readonly #list: WatchList;
  readonly #turns = new Turns();
  readonly #glances: Glances;
  /** Everything between being due and being looked at, by id. */
  readonly #queued = new Set<string>();
  readonly #well: Lane;
  readonly #ill: Lane;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#list = options.list ?? new WatchList();
    this.#glances = new Glances(options);
    this.#recorder = new Recorder(options.db, believedMs(options.intervalMs / 1000));
    const work = { claim: this.#claim.bind(this), look: this.#look.bind(this) };
    this.#well = new Lane(work);
    this.#ill = new Lane(work);
  }

  /** Begins the looks that are due; resolves when they are queued. @throws what the database throws. */
  async pass(): Promise<void> {
    const { db, atOnce } = this.#options;
    const hosts = await this.#list.read(db);
    this.#keep(hosts);
    tellOpenFiles(hosts.length);
    const ill = await illHosts(db);
    for (const host of hosts) {
      if (this.#queued.has(host.id)) continue;
      this.#queued.add(host.id);
      (ill.has(host.id) ? this.#ill : this.#well).add(host);
    }
    for (const lane of [this.#well, this.#ill]) {
      lane.atOnce = atOnce ?? Math.min(MOST, Math.max(FEWEST, Math.ceil(hosts.length / 20)));
      lane.fill();
    }
  }

  /** Resolves when every look begun so far is over and recorded. */
  async settled(): Promise<void> {
    await Promise.all([this.#well.settled(), this.#ill.settled()]);
    await this.#recorder.flush();
  }

  /** Begins no more looks, and waits for those under way. */
  async stop(): Promise<void> {
    this.#well.stop();
    this.#ill.stop();
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

  /** What is not ours, or cannot be claimed, is due again with the next pass. */
  async #claim(some: WatchedHost[]): Promise<WatchedHost[]> {
    const { db, intervalMs } = this.#options;
    const ids = some.map(({ id }) => id);
    let ours = new Set<string>();
    try {
      ours = await claimLooks(db, ids, intervalMs * 0.8);
    } catch (error) {
      logger.error({ err: error, hosts: some.length }, 'looks at hosts could not be claimed');
    }
    for (const id of ids) if (!ours.has(id)) this.#queued.delete(id);
    return some.filter(({ id }) => ours.has(id));
  }

  /** What one machine does wrong is no reason to leave the others alone. */
  async #look(watched: WatchedHost): Promise<void> {
    try {
      const known = this.#recorder.known(watched.id);
      const found = await this.#glances.look(watched, known, this.#turns.isDue(watched.id));
      this.#recorder.add(found === known ? known : { hostId: watched.id, ...found });
    } catch (error) {
      logger.error({ err: error, host: watched.name }, 'a look at a host failed');
    } finally {
      this.#queued.delete(watched.id);
    }
  }
}
