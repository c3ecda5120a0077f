/** Values shorter than this are not masked: they would blacken every log. */
const SHORTEST = 4;

/** Every form in which we can recognise a secret: as it is, line by line, in base64 and URL-encoded. */
export function maskedForms(secrets: readonly string[]): string[] {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [
      secret,
      ...secret.split(/\r?\n/),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      encodeURIComponent(secret),
    ]);
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/**
 * Replaces secrets in a stream of text by `***`, also where a secret is cut by a chunk's end: what could be the
 * beginning of one is held back until the next chunk or the end.
 */
export class Masker {
  readonly #forms: string[];
  #held = '';

  /** @param forms from `maskedForms`, longest first. */
  constructor(forms: string[]) {
    this.#forms = forms;
  }

  /** The text that is safe to show by now. */
  push(text: string): string {
    const raw = this.#held + text;
    const cut = this.#safeEnd(raw);
    this.#held = raw.slice(cut);
    return this.#replace(raw.slice(0, cut));
  }

  /** Bytes held back by now. */
  get heldBytes(): number {
    return Buffer.byteLength(this.#held);
  }

  /** What was held back, at the end of the stream. */
  end(): string {
    const rest = this.#replace(this.#held);
    this.#held = '';
    return rest;
  }

  #replace(text: string): string {
    let masked = text;
    for (const form of this.#forms) if (masked.includes(form)) masked = masked.replaceAll(form, '***');
    return masked;
  }

  /** Up to where no secret can reach over the end: neither one that may go on, nor one that the cut would halve. */
  #safeEnd(text: string): number {
    let cut = text.length - this.#openTail(text);
    for (let before = -1; before !== cut; ) {
      before = cut;
      for (const form of this.#forms) {
        const at = text.lastIndexOf(form, cut - 1);
        if (at >= 0 && at < cut && at + form.length > cut) cut = at;
      }
    }
    return cut;
  }

  /** Length of the longest end of `text` with which a secret begins. */
  #openTail(text: string): number {
    let longest = 0;
    for (const form of this.#forms) {
      for (let length = Math.min(form.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(form.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}

/** Masks one whole text. */
export function mask(text: string, forms: string[]): string {
  const masker = new Masker(forms);
  return masker.push(text) + masker.end();
}
