/** Forms are found by their first characters: so many, which the shortest form has. */
const HEAD = 4;

type Span = { start: number; end: number };

/** Finds any of many forms in a text, however many they are, in one pass. */
export class MaskedSpans {
  readonly #byHead = new Map<string, string[]>();
  /** Beginnings shorter than a head. */
  readonly #short = new Set<string>();
  #longest = 0;

  /** @param forms each of at least four characters */
  constructor(forms: readonly string[]) {
    this.add(forms);
  }

  add(forms: readonly string[]): void {
    for (const form of forms) {
      const head = form.slice(0, HEAD);
      const known = this.#byHead.get(head);
      if (known) known.push(form);
      else this.#byHead.set(head, [form]);
      for (let length = 1; length < HEAD; length++) this.#short.add(form.slice(0, length));
      this.#longest = Math.max(this.#longest, form.length);
    }
  }

  /** Every place of the text that some form covers; forms that overlap are one place. */
  in(text: string): Span[] {
    const spans: Span[] = [];
    if (this.#longest === 0) return spans;
    for (let start = 0; start <= text.length - HEAD; start++) {
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
      if (this.#begins(text.slice(start, start + this.#longest))) return start;
    }
    return text.length;
  }

  #begins(tail: string): boolean {
    if (tail.length < HEAD) return this.#short.has(tail);
    const forms = this.#byHead.get(tail.slice(0, HEAD)) ?? [];
    return forms.some((form) => form.length > tail.length && form.startsWith(tail));
  }

  /** The end of the longest form that begins here; 0 where none does. */
  #endAt(text: string, start: number): number {
    const forms = this.#byHead.get(text.slice(start, start + HEAD));
    if (forms === undefined) return 0;
    const lengths = forms.filter((form) => text.startsWith(form, start)).map((form) => form.length);
    return lengths.length === 0 ? 0 : start + Math.max(...lengths);
  }
}
