/** Values shorter than this are not masked: they would blacken every log. */
const SHORTEST = 4;

/** Every form in which we can recognise a secret: as it is, line by line, in base64 and URL-encoded. */
export function maskedForms(secrets: readonly string[]): string[] {
  const forms = secrets.flatMap((secret) => [
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
    const masked = this.#replace(this.#held + text);
    const keep = this.#openTail(masked);
    this.#held = keep === 0 ? '' : masked.slice(-keep);
    return keep === 0 ? masked : masked.slice(0, -keep);
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
