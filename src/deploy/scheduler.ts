import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import { startDue } from './start-due.ts';
import { tendTickets } from './tend-tickets.ts';

/** Starts operations that were asked for later, for as long as its worker takes work. */
export class Scheduler {
  readonly #db: Db;
  readonly #pollSeconds: number;
  readonly #stopped = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(db: Db, pollSeconds: number) {
    this.#db = db;
    this.#pollSeconds = pollSeconds;
  }

  start(): void {
    this.#loop = this.#forever();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #forever(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await startDue(this.#db);
        await tendTickets(this.#db);
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'could not start what is due');
      }
      await pause(this.#pollSeconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
