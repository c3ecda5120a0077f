/** Forms are found by their first characters: so many, which the shortest form has. */
const HEAD = 4;

const SLOTS = 65_536;

export type Span = { start: number; end: number };

/** Forms of one head: by length, and in order. */
type Bucket = { byLength: Map<number, Set<string>>; sorted: string[] };

/** Finds any of many forms in a text, however many they are, in one pass. */
export class MaskedSpans {
  readonly #byHead = new Map<string, Bucket>();
  /** One for each head there is, at its slot: nearly all places of a text are passed over by it. */
  readonly #slots = new Uint8Array(SLOTS);
  /** Beginnings shorter than a head. */
  readonly #short = new Set<string>();
  #longest = 0;

  /** @param forms each of at least four characters */
  constructor(forms: readonly string[]) {
    this.add(forms);
  }

  add(forms: readonly string[]): void {
    const changed = new Set(forms.map((form) => this.#bucketWith(form)));
    for (const bucket of changed) {
      bucket.sorted = [...bucket.byLength.values()].flatMap((set) => [...set]).sort(byCode);
    }
  }

  /** Every place of the text that some form covers; forms that overlap are one place. */
  in(text: string): Span[] {
    const spans: Span[] = [];
    if (this.#longest === 0) return spans;
    for (let start = 0; start <= text.length - HEAD; start++) {
      if (this.#slots[slotOf(text, start)] === 0) continue;
      const end = this.#endAt(text, start);
      if (end === 0) continue;
      const last = spans.at(-1);
      if (last && start < last.end) last.end = Math.max(last.end, end);
      else spans.push({ start, end });
    }
    return spans;
  }

  /** Where the text's end may be the beginning of a form; its length where it is none. */
  openAt(text: string): number {
    for (let start = Math.max(0, text.length - this.#longest + 1); start < text.length; start++) {
      const short = text.length - start < HEAD;
      if (!short && this.#slots[slotOf(text, start)] === 0) continue;
      if (this.#begins(text.slice(start))) return start;
    }
    return text.length;
  }

  #bucketWith(form: string): Bucket {
    const head = form.slice(0, HEAD);
    const bucket = this.#byHead.get(head) ?? { byLength: new Map(), sorted: [] };
    this.#byHead.set(head, bucket);
    this.#slots[slotOf(form, 0)] = 1;
    const alike = bucket.byLength.get(form.length);
    if (alike) alike.add(form);
    else bucket.byLength.set(form.length, new Set([form]));
    for (let length = 1; length < HEAD; length++) this.#short.add(form.slice(0, length));
    this.#longest = Math.max(this.#longest, form.length);
    return bucket;
  }

  /** Does some longer form begin with all of this? */
  #begins(tail: string): boolean {
    if (tail.length < HEAD) return this.#short.has(tail);
    const sorted = this.#byHead.get(tail.slice(0, HEAD))?.sorted ?? [];
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sorted[middle] as string) <= tail) from = middle + 1;
      else to = middle;
    }
    return sorted[from]?.startsWith(tail) ?? false;
  }

  /** The end of the longest form that begins here; 0 where none does. */
  #endAt(text: string, start: number): number {
    const bucket = this.#byHead.get(text.slice(start, start + HEAD));
    let end = 0;
    for (const [length, forms] of bucket?.byLength ?? []) {
      if (start + length > end && forms.has(text.slice(start, start + length))) end = start + length;
    }
    return end;
  }
}

/** Where the four characters from `at` on are counted. */
function slotOf(text: string, at: number): number {
  const far = text.charCodeAt(at) * 4099 + text.charCodeAt(at + 1) * 257;
  return (far + text.charCodeAt(at + 2) * 17 + text.charCodeAt(at + 3)) % SLOTS;
}

/** By code units, as `<=` compares. */
function byCode(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
