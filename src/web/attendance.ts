import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import * as workers from '../store/workers.ts';

const kinds = ['worker', 'health'] as const;
export type Absent = (typeof kinds)[number];

/** They tell of themselves several times in a minute. */
const SILENT_MS = 90_000;
const TRUST_MS = 15_000;

/** Which programs nobody has heard of for long. However many pages are shown, the database is asked once in a while. */
export class Attendance {
  readonly #db: Db;
  /** Until then they may still be starting, as we are. */
  readonly #from: number;
  #asked = Number.NEGATIVE_INFINITY;
  #absent: Promise<Absent[]> = Promise.resolve([]);

  constructor(db: Db, graceMs = SILENT_MS) {
    this.#db = db;
    this.#from = performance.now() + graceMs;
  }

  async absent(): Promise<Absent[]> {
    const at = performance.now();
    if (at >= this.#from && at - this.#asked >= TRUST_MS) {
      this.#asked = at;
      this.#absent = this.#look();
    }
    return this.#absent;
  }

  /** What cannot be told is no reason to show no page. */
  async #look(): Promise<Absent[]> {
    try {
      const alive = await Promise.all(kinds.map((kind) => workers.alive(this.#db, kind, SILENT_MS)));
      return kinds.filter((_kind, index) => alive[index] === 0);
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'who runs could not be asked');
      return [];
    }
  }
}
