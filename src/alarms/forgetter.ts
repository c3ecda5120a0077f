import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import * as alarms from '../store/alarms.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';
import { forgetFlips } from '../store/flips.ts';
import * as notices from '../store/notices.ts';

const DAY = 86_400_000;
const NOTICES_MS = 30 * DAY;
/** Rows that one statement forgets: nobody else waits for more. */
const AT_ONCE = 1000;
const BREATH_MS = 20;

type Part = (db: Db, before: number, most: number) => Promise<number>;

/** Forgets once a day what is too old: changes of state, ended alarms, and notices with their tries. */
export class Forgetter {
  readonly #db: Db;
  readonly #parts: readonly { part: Part; keptMs: number }[];
  readonly #ended = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(db: Db, historyDays: number) {
    this.#db = db;
    const historyMs = historyDays * DAY;
    this.#parts = [
      { part: forgetFlips, keptMs: historyMs },
      { part: alarms.forget, keptMs: historyMs },
      { part: notices.forget, keptMs: NOTICES_MS },
      { part: notices.forgetAttempts, keptMs: NOTICES_MS },
    ];
  }

  start(): void {
    this.#loop = this.#forever();
  }

  /** It is over within one statement. */
  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#loop;
  }

  /** Forgets what is too old now; gives how many rows it were. */
  async forget(): Promise<number> {
    const at = await readClock(this.#db);
    let gone = 0;
    for (const { part, keptMs } of this.#parts) {
      let last = AT_ONCE;
      while (last === AT_ONCE && !this.#ended.signal.aborted) {
        last = await part(this.#db, at - keptMs, AT_ONCE);
        gone += last;
        if (last > 0) await pause(BREATH_MS);
      }
    }
    return gone;
  }

  async #forever(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await this.forget();
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'could not forget what is too old');
      }
      await pause(DAY, undefined, { signal, ref: false }).catch((error: Error) => error);
    }
  }
}
