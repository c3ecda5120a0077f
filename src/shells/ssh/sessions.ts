import { setTimeout as pause } from 'node:timers/promises';
import { Slots } from './slots.ts';

/** sshd's MaxSessions is 10; two are left for others. Socket forwards are not counted by it. */
const atOnce = 8;
const successesUntilOneMore = 20;
const refusalsInARow = 6;
const pauseMs = 25;

/**
 * How many sessions one connection may have open. A server may allow fewer than we think, and sshd still
 * counts a session whose end it has read in the same breath: so a refusal lowers the number for a while.
 */
export class Sessions {
  private readonly slots = new Slots(atOnce);
  private successes = 0;
  private refusals = 0;
  private everOpened = false;

  /** Waits for a turn. Rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<() => void> {
    return this.slots.take(signal);
  }

  /** To be told of every session that the server opened. */
  opened(): void {
    this.everOpened = true;
    this.refusals = 0;
    this.successes += 1;
    if (this.successes % successesUntilOneMore === 0) this.slots.raise();
  }

  /** To be told of a refusal, before the slot is given back. @returns whether asking again makes sense. */
  refused(): boolean {
    const others = this.slots.inUse - 1;
    this.successes = 0;
    this.refusals += 1;
    this.slots.reduceTo(others);
    return others > 0 || (this.everOpened && this.refusals < refusalsInARow);
  }

  /** The time to let pass before asking again. */
  async rest(): Promise<void> {
    await pause(pauseMs * this.refusals);
  }
}
