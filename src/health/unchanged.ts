/** Gives the object of before for as long as its contents are the same: so what is derived from it can be kept. */
export class Unchanged<T extends object> {
  readonly #marksOf: (value: T) => unknown;
  #before = new Map<string, { marks: unknown[]; value: T }>();
  #now = new Map<string, { marks: unknown[]; value: T }>();

  /** @param marksOf what tells two values apart: one mark or several, compared each by identity */
  constructor(marksOf: (value: T) => unknown) {
    this.#marksOf = marksOf;
  }

  of(id: string, value: T): T {
    const marks = [this.#marksOf(value)].flat();
    const known = this.#before.get(id);
    const same = known?.marks.length === marks.length && known.marks.every((mark, n) => mark === marks[n]);
    const kept = same ? known : { marks, value };
    this.#now.set(id, kept);
    return kept.value;
  }

  /** What was not asked for since the last turn is forgotten. */
  turn(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}
