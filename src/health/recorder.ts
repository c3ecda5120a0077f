import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Look } from '../model/look.ts';
import type { Db } from '../store/database.ts';
import { record } from '../store/looks.ts';

/** Looks that are written together at most, and how long the first of them waits for company. */
const MOST = 100;
const WAIT_MS = 100;

/** Writes looks as they come, those of the same moment in one transaction. */
export class Recorder {
  readonly #db: Db;
  readonly #staleMs: number;
  readonly #waiting: Look[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param staleMs how long a look is believed */
  constructor(db: Db, staleMs: number) {
    this.#db = db;
    this.#staleMs = staleMs;
  }

  add(look: Look): void {
    this.#waiting.push(look);
    if (this.#waiting.length >= MOST) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), WAIT_MS);
  }

  /** Resolves when everything added so far is written. What the database refuses is logged and seen anew. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const looks = this.#waiting.splice(0);
    this.#writing = this.#writing.then(() => this.#write(looks));
    await this.#writing;
  }

  async #write(looks: Look[]): Promise<void> {
    try {
      await record(this.#db, looks, this.#staleMs);
    } catch (error) {
      logger.error({ error: messageOf(error), looks: looks.length }, 'looks at hosts could not be recorded');
    }
  }
}
