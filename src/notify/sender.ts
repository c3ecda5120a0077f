import { setTimeout as pause } from 'node:timers/promises';
import { messageOf as why } from '../errors.ts';
import { logger } from '../logger.ts';
import * as claims from '../store/channel-claims.ts';
import { sendDue } from './dispatch.ts';
import type { Dispatch } from './sending.ts';

/** Sends what the outbox holds: every channel by itself, so that none waits for another, and none for an operation. */
export class Sender {
  readonly #dispatch: Dispatch;
  readonly #slots: number;
  readonly #pollMs: number;
  readonly #busy = new Map<string, Promise<void>>();
  #loop: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(dispatch: Dispatch, options: { slots: number; pollSeconds: number }) {
    this.#dispatch = dispatch;
    this.#slots = options.slots;
    this.#pollMs = Math.min(options.pollSeconds * 1000, 500);
  }

  start(): void {
    this.#loop = this.#sendForever();
  }

  /** Begins nothing new; a try under way is over within its deadline. */
  async stop(): Promise<void> {
    this.#ended = true;
    await this.#loop;
    await Promise.all(this.#busy.values());
  }

  async #sendForever(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.#take();
      } catch (error) {
        logger.warn({ error: why(error) }, 'could not look for notices');
      }
      await pause(this.#pollMs);
    }
  }

  async #take(): Promise<void> {
    const { db, worker, times } = this.#dispatch;
    const free = this.#slots - this.#busy.size;
    if (free <= 0) return;
    for (const channelId of await claims.due(db, free)) {
      if (this.#busy.has(channelId)) continue;
      const claim = await claims.claim(db, channelId, worker, times.leaseMs);
      if (claim) this.#begin(claim);
    }
  }

  #begin(claim: claims.Claim): void {
    const work = sendDue(this.#dispatch, claim, () => this.#ended)
      .catch((error) => logger.warn({ channel: claim.channelId, error: why(error) }, 'notices not sent'))
      .finally(() => this.#busy.delete(claim.channelId));
    this.#busy.set(claim.channelId, work);
  }
}
