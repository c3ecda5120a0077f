import { setImmediate as turn } from 'node:timers/promises';
import type { Db } from '../store/database.ts';
import { fenced, LeaseLost } from '../store/journal.ts';
import type { Lease } from '../store/locks.ts';
import { patiently } from './patience.ts';

type Waiting = {
  work: (trx: Db) => Promise<unknown>;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
};

/**
 * Writes under one lease, in the order in which they are asked for. What is asked for while a transaction is under way
 * goes together into the next one: many hosts side by side cost hardly more commits than one. A write that the database
 * refuses spoils none of the others: they are done again one by one then.
 */
export class GatheredWrites {
  readonly #db: Db;
  readonly #lease: Lease;
  readonly #lost: AbortSignal;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(db: Db, lease: Lease, lost: AbortSignal) {
    this.#db = db;
    this.#lease = lease;
    this.#lost = lost;
  }

  /** Resolves when it is committed. `work` has no effects outside the database: it may be done again. @throws LeaseLost */
  write<T>(work: (trx: Db) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
      if (!this.#busy) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      // What other hosts answer at the same time comes along.
      await turn();
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#together(batch);
    }
    this.#busy = false;
  }

  async #together(batch: Waiting[]): Promise<void> {
    try {
      const results = await patiently(this.#lease, this.#lost, () =>
        fenced(this.#db, this.#lease, async (trx) => {
          const done: unknown[] = [];
          for (const { work } of batch) done.push(await work(trx));
          return done;
        }),
      );
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
    } catch (error) {
      if (batch.length === 1 || error instanceof LeaseLost || this.#lost.aborted)
        for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.#together([one]);
    }
  }
}
