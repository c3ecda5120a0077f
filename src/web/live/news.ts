/** Remembers the last state of some things and tells which of them changed. */
export class News<T> {
  readonly #nameOf: (item: T) => string;
  readonly #last = new Map<string, { text: string; item: T }>();

  constructor(nameOf: (item: T) => string) {
    this.#nameOf = nameOf;
  }

  /** Those of `items` that are new or differ from what was given before. */
  of(items: T[]): T[] {
    return items.filter((item) => {
      const text = JSON.stringify(item);
      const isNew = this.#last.get(this.#nameOf(item))?.text !== text;
      this.#last.set(this.#nameOf(item), { text, item });
      return isNew;
    });
  }

  all(): T[] {
    return [...this.#last.values()].map(({ item }) => item);
  }
}
