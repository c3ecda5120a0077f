import { isNear } from '../model/look.ts';

/** An answer is kept for each machine; a process takes about a KiB. */
const MOST_BYTES = 64 * 1024;

/** What differs from one answer to the next although nothing happened, as supervisor writes it. */
const CLOCK = Buffer.from('<name>now</name>\n<value><int>');
const WORDS = Buffer.from('<name>description</name>\n<value><string>');
const [LESS, NOUGHT, NINE] = ['<', '0', '9'].map((sign) => sign.charCodeAt(0)) as [number, number, number];

/** A place that differs: the digits of a clock, or words that are made of what is told elsewhere too. */
type Gap = { from: number; to: number; clock: boolean };

/**
 * An answer to getAllProcessInfo that was read, against which later ones are held byte by byte: most machines say the
 * same with every look, and reading it is most of the work.
 */
export class KnownAnswer {
  readonly #body: Buffer;
  readonly #at: number;
  readonly #gaps: readonly Gap[];

  /**
   * Null where it is so large that it is rather read each time than kept.
   * @param body as the XML reader understood it; copied, as it may be a piece of more. @param at when it came, epoch ms by our clock
   */
  static of(body: Buffer, at: number): KnownAnswer | null {
    return body.length > MOST_BYTES ? null : new KnownAnswer(body, at);
  }

  private constructor(body: Buffer, at: number) {
    this.#body = Buffer.from(body);
    this.#at = at;
    this.#gaps = [...gaps(body, CLOCK, true), ...gaps(body, WORDS, false)].sort((a, b) => a.from - b.from);
  }

  /**
   * True where reading the answer would give the same processes, and their host's clock went on as ours did. False
   * where that is not certain at a glance: then it is to be read.
   */
  isRepeatedBy(body: Buffer, at: number): boolean {
    if (body.length !== this.#body.length) return false;
    let from = 0;
    for (const gap of this.#gaps) {
      if (!this.#isEqual(body, from, gap.from)) return false;
      if (gap.clock ? !this.#goesOn(body, gap, at - this.#at) : hasMarkup(body, gap)) return false;
      from = gap.to;
    }
    return this.#isEqual(body, from, body.length);
  }

  #isEqual(body: Buffer, from: number, to: number): boolean {
    return body.compare(this.#body, from, to, from, to) === 0;
  }

  #goesOn(body: Buffer, gap: Gap, passedMs: number): boolean {
    const told = secondsAt(body, gap);
    return told !== null && isNear(passedMs, (told - secondsAt(this.#body, gap)!) * 1000);
  }
}

function gaps(body: Buffer, before: Buffer, clock: boolean): Gap[] {
  const found: Gap[] = [];
  for (let at = body.indexOf(before); at >= 0; at = body.indexOf(before, at)) {
    const from = at + before.length;
    at = body.indexOf(LESS, from);
    const gap = { from, to: at, clock };
    if (!clock || secondsAt(body, gap) !== null) found.push(gap);
  }
  return found;
}

/** Null where there is anything but digits, or more of them than any clock has. */
function secondsAt(body: Buffer, { from, to }: Gap): number | null {
  if (to === from || to - from > 15) return null;
  let seconds = 0;
  for (let at = from; at < to; at++) {
    const sign = body[at]!;
    if (sign < NOUGHT || sign > NINE) return null;
    seconds = seconds * 10 + (sign - NOUGHT);
  }
  return seconds;
}

function hasMarkup(body: Buffer, { from, to }: Gap): boolean {
  for (let at = from; at < to; at++) if (body[at] === LESS) return true;
  return false;
}
