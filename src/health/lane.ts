import type { WatchedHost } from './watch-list.ts';

/** What is done with machines in a lane; neither may throw. */
export type LaneWork = {
  /** Gives those that are ours to look at. */
  claim(some: WatchedHost[]): Promise<WatchedHost[]>;
  look(host: WatchedHost): Promise<void>;
};

/** Claims machines and looks at them in the order in which they came, so many at the same time. */
export class Lane {
  /** Machines looked at at the same time. */
  atOnce = 1;
  readonly #work: LaneWork;
  readonly #waiting: WatchedHost[] = [];
  readonly #ready: WatchedHost[] = [];
  readonly #busy = new Set<Promise<void>>();
  #claiming: Promise<void> | null = null;
  #stopped = false;

  constructor(work: LaneWork) {
    this.#work = work;
  }

  /** Nothing begins before `fill`. */
  add(host: WatchedHost): void {
    this.#waiting.push(host);
  }

  /** Begins as many looks as there is room for. */
  fill(): void {
    while (!this.#stopped && this.#busy.size < this.atOnce) {
      const next = this.#ready.shift();
      if (!next) {
        this.#claimMore();
        return;
      }
      const look = this.#work.look(next).finally(() => {
        this.#busy.delete(look);
        this.fill();
      });
      this.#busy.add(look);
    }
  }

  /** Resolves when every look begun so far is over. */
  async settled(): Promise<void> {
    while (this.#claiming || this.#busy.size > 0) await (this.#claiming ?? Promise.all(this.#busy));
  }

  /** Begins no more looks. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
    this.#ready.length = 0;
  }

  /** Only as many as can begin soon: the rest is there for another process. */
  #claimMore(): void {
    if (this.#claiming || this.#waiting.length === 0) return;
    const some = this.#waiting.splice(0, this.atOnce);
    this.#claiming = this.#claim(some).finally(() => {
      this.#claiming = null;
      this.fill();
    });
  }

  async #claim(some: WatchedHost[]): Promise<void> {
    const ours = await this.#work.claim(some);
    if (!this.#stopped) this.#ready.push(...ours);
  }
}
