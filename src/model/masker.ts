import { MaskedSpans, type Span } from './masked-spans.ts';

/** Values shorter than this are not masked: they would blacken every log. */
const SHORTEST = 4;

/** Forms that are made of a secret must be longer, so that they are not mistaken. */
const SHORTEST_MADE = 8;

/**
 * Every form in which we can recognise a secret: as it is, line by line, as shells and JSON quote it, URL-encoded, in
 * hex, and in base64 wherever it stands in what was encoded.
 */
export function maskedForms(secrets: readonly string[]): string[] {
  const long = secrets.filter((secret) => secret.length >= SHORTEST);
  const said = long.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]);
  const made = long.flatMap((secret) => [
    secret.replaceAll("'", "'\\''"),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('hex'),
    ...inBase64(secret),
  ]);
  const forms = [
    ...said.filter((form) => form.length >= SHORTEST),
    ...made.filter((form) => form.length >= SHORTEST_MADE),
  ];
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** Whole, and as much of it as stays the same behind any other bytes: behind none, one or two more than threes. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString('base64');
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [whole, ...within].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/**
 * Replaces secrets in a stream of text by `***`, also where a secret is cut by a chunk's end: what could be the
 * beginning of one is held back until the next chunk or the end.
 */
export class Masker {
  readonly #spans: MaskedSpans;
  #held = '';

  /** @param forms from `maskedForms`, or what finds them; that may learn more of them meanwhile */
  constructor(forms: readonly string[] | MaskedSpans) {
    this.#spans = forms instanceof MaskedSpans ? forms : new MaskedSpans(forms);
  }

  /** The text that is safe to show by now. */
  push(text: string): string {
    const raw = this.#held + text;
    const spans = this.#spans.in(raw);
    // Up to where no secret can reach over the end: neither one that may go on, nor one that the cut would halve.
    const open = this.#spans.openAt(raw);
    const cut = spans.find(({ start, end }) => start < open && end > open)?.start ?? open;
    this.#held = raw.slice(cut);
    return masked(
      raw.slice(0, cut),
      spans.filter(({ end }) => end <= cut),
    );
  }

  /** Bytes held back by now. */
  get heldBytes(): number {
    return Buffer.byteLength(this.#held);
  }

  /** What was held back, at the end of the stream. */
  end(): string {
    const rest = masked(this.#held, this.#spans.in(this.#held));
    this.#held = '';
    return rest;
  }
}

function masked(text: string, spans: Span[]): string {
  let shown = '';
  let from = 0;
  for (const { start, end } of spans) {
    shown += `${text.slice(from, start)}***`;
    from = end;
  }
  return shown + text.slice(from);
}

/** Masks one whole text. */
export function mask(text: string, forms: string[]): string {
  const masker = new Masker(forms);
  return masker.push(text) + masker.end();
}
