import { setTimeout as pause } from 'node:timers/promises';

/** A rest is never shorter: what is told of again and again does not become all that is done. */
const LEAST_MS = 50;

/** A rest between two looks, which ends early when somebody says that there may be something to see. */
export class Nap {
  #told = false;
  #end: (() => void) | null = null;

  /** Ends the rest that is going on, or shortens the next one. */
  wake(): void {
    this.#told = true;
    this.#end?.();
  }

  async rest(ms: number): Promise<void> {
    await pause(Math.min(LEAST_MS, ms));
    if (!this.#told && ms > LEAST_MS) await this.#untilTold(ms - LEAST_MS);
    this.#told = false;
  }

  async #untilTold(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = null;
  }
}
