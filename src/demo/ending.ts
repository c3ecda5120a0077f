/** Something that was started and will have to be ended. */
export type Running = { stop(): Promise<unknown> };

/** Collects what was started, and hears when somebody wants it to end (Ctrl-C, SIGTERM, a closed terminal). */
export class Ending {
  readonly #running: Running[] = [];
  readonly #asked = new AbortController();

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.#asked.abort(new Error('ended while it was starting')));
  }

  /** Remembers what must be ended. @throws Error where the end was asked for in the meantime. */
  add<T extends Running>(...started: T[]): void {
    this.#running.push(...started);
    this.#asked.signal.throwIfAborted();
  }

  get isAsked(): boolean {
    return this.#asked.signal.aborted;
  }

  /** Resolves when the end is asked for. */
  async asked(): Promise<void> {
    if (this.isAsked) return;
    await new Promise<void>((resolve) =>
      this.#asked.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }

  /** Ends everything, the last started first. */
  async end(): Promise<void> {
    for (let one = this.#running.pop(); one; one = this.#running.pop()) await one.stop();
  }
}
