/** When one use of a connection must end: at its deadline or when its caller aborts, whichever is first. */
export class Limit {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly outer: AbortSignal | undefined;

  /** @param late makes the error of the deadline. */
  constructor(milliseconds: number, late: () => Error, outer?: AbortSignal) {
    this.timer = setTimeout(() => this.controller.abort(late()), milliseconds);
    this.outer = outer;
    if (outer?.aborted) this.stop();
    else outer?.addEventListener('abort', this.stop, { once: true });
  }

  /** Its reason is the error to throw. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** To be called at the end, or the deadline strikes later. */
  clear(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.stop);
  }

  private readonly stop = () => this.controller.abort(this.outer?.reason);
}

/** The promise's outcome, or the signal's reason if that comes first. The promise itself goes on. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}
