/** At most `limit` at once; others wait in the order in which they came. */
export class Slots {
  private readonly most: number;
  private limit: number;
  private taken = 0;
  private readonly waiting = new Set<() => void>();

  constructor(limit: number) {
    this.most = limit;
    this.limit = limit;
  }

  get inUse(): number {
    return this.taken;
  }

  /** From now on at most so many (at least one); those that have a slot keep it. */
  reduceTo(limit: number): void {
    this.limit = Math.max(1, Math.min(this.limit, limit));
  }

  /** One more than now, up to the number at the start. */
  raise(): void {
    if (this.limit === this.most) return;
    this.limit += 1;
    this.taken += 1;
    this.passOn();
  }

  /** Waits for a slot and answers with the deed that gives it back. Rejects with the signal's reason. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.taken < this.limit) this.taken += 1;
    else await this.turn(signal);
    return this.giver();
  }

  private turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        this.waiting.delete(given);
        reject(signal?.reason);
      };
      const given = () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.waiting.add(given);
    });
  }

  private giver(): () => void {
    let given = false;
    return () => {
      if (!given) this.passOn();
      given = true;
    };
  }

  /** A slot goes straight to the one who waits longest, so nobody can slip in between. */
  private passOn(): void {
    const [next] = this.waiting;
    if (next && this.taken <= this.limit) {
      this.waiting.delete(next);
      next();
    } else {
      this.taken -= 1;
    }
  }
}
