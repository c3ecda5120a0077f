/** A machine's links are read with each twentieth look; facts of drift are gathered more often. */
const EVERY = 20;

/** Says whose turn it is: each machine's every twentieth look, spread over the looks of the whole fleet. */
export class Turns {
  #left = new Map<string, number>();

  isDue(id: string): boolean {
    const left = this.#left.get(id) ?? Math.floor(Math.random() * EVERY);
    this.#left.set(id, left > 0 ? left - 1 : EVERY - 1);
    return left === 0;
  }

  /** Forgets all others. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#left.keys()) if (!ids.has(id)) this.#left.delete(id);
  }
}
