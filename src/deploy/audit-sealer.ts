import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import { headText } from '../model/audit-chain.ts';
import { changeable } from '../store/append-only.ts';
import * as seals from '../store/audit-seals.ts';
import { readClock } from '../store/clock.ts';
import type { Db } from '../store/database.ts';

const LEASE_MS = 30_000;
const ROWS = 200;
/** So often the head goes to the log, where what was sealed before cannot be taken back. */
const HEAD_MS = 5 * 60_000;

/** Chains the rows of the audit trail by their hashes. Of all workers one does it at a time. */
export class AuditSealer {
  readonly #db: Db;
  readonly #id: string;
  readonly #pollSeconds: number;
  readonly #stopped = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #everywhere = true;
  #toldAt = 0;
  #told = '';

  constructor(db: Db, id: string, pollSeconds: number) {
    this.#db = db;
    this.#id = id;
    this.#pollSeconds = pollSeconds;
  }

  start(): void {
    this.#loop = this.#forever();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
    await this.#safely(() => seals.letGo(this.#db, this.#id));
  }

  async #forever(): Promise<void> {
    const { signal } = this.#stopped;
    await this.#safely(() => this.#warn());
    while (!signal.aborted) {
      await this.#safely(() => this.round());
      await pause(this.#pollSeconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Seals all that waits. @returns how many rows */
  async round(): Promise<number> {
    const sealedAt = await readClock(this.#db);
    const options = { leaseMs: LEASE_MS, limit: ROWS, sealedAt, everywhere: this.#everywhere };
    let count = 0;
    while (!this.#stopped.signal.aborted) {
      if ((await seals.unsealed(this.#db, 1, this.#everywhere)).length === 0) break;
      const sealed = await seals.seal(this.#db, this.#id, options);
      if (sealed === null) return count;
      count += sealed;
    }
    this.#everywhere = false;
    await this.#tellHead();
    return count;
  }

  async #tellHead(): Promise<void> {
    if (Date.now() - this.#toldAt < HEAD_MS) return;
    this.#toldAt = Date.now();
    const { sealedAt, ...head } = await seals.head(this.#db);
    const text = headText(head);
    if (text !== this.#told) logger.info({ head: text, sealedAt }, 'audit head');
    this.#told = text;
  }

  async #warn(): Promise<void> {
    for (const table of await changeable(this.#db))
      logger.warn({ table }, 'the database lets us change this table: take the rights away (docs/audit.md)');
  }

  async #safely(deed: () => Promise<unknown>): Promise<void> {
    try {
      await deed();
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'could not seal the audit trail');
    }
  }
}
