/** How many streams each person holds open in this process. */
export class Allowance {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes one of the person's places and gives what hands it back (once); null where all are taken. */
  take(personId: string): (() => void) | null {
    const open = this.#open.get(personId) ?? 0;
    if (open >= this.#most) return null;
    this.#open.set(personId, open + 1);
    let back = false;
    return () => {
      if (!back) this.#release(personId);
      back = true;
    };
  }

  #release(personId: string): void {
    const left = (this.#open.get(personId) ?? 1) - 1;
    if (left > 0) this.#open.set(personId, left);
    else this.#open.delete(personId);
  }
}
