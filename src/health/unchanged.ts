/** Gives the objects of before for as long as their contents are the same: so what is derived from them can be kept. */
export class Unchanged<T extends object> {
  #known = new Map<string, { text: string; value: T }>();

  /** By their ids. All others are forgotten. */
  of(values: readonly T[], idOf: (value: T) => string): Map<string, T> {
    const now = new Map<string, { text: string; value: T }>();
    for (const value of values) {
      const text = JSON.stringify(value);
      const known = this.#known.get(idOf(value));
      now.set(idOf(value), known?.text === text ? known : { text, value });
    }
    this.#known = now;
    return new Map([...now].map(([id, { value }]) => [id, value]));
  }
}

/** Makes something anew only where what it is made of is another object than before. */
export class Derived<S extends readonly object[], T> {
  readonly #make: (...sources: S) => T;
  #before = new Map<string, { sources: S; made: T }>();
  #now = new Map<string, { sources: S; made: T }>();

  constructor(make: (...sources: S) => T) {
    this.#make = make;
  }

  of(id: string, ...sources: S): T {
    const known = this.#before.get(id);
    const same =
      known?.sources.length === sources.length && known.sources.every((one, n) => one === sources[n]);
    const kept = same ? known : { sources, made: this.#make(...sources) };
    this.#now.set(id, kept);
    return kept.made;
  }

  /** What was not asked for since the last turn is forgotten. */
  turn(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}
