import type { Response } from 'express';
import type { Bulletin } from '../../store/bulletins.ts';
import { eventText, heartbeat } from './event.ts';

/** How long a reader may take over the end of the stream. */
const LAST_WORDS_MS = 5000;

/** One open stream that says when something changed, never what: the page then asks for what it may see. */
export class FleetViewer {
  /** Epoch ms by the database's clock up to which the page knows; null: it does not say. */
  readonly after: number | null;
  readonly concerns: (bulletin: Bulletin) => boolean;
  readonly #res: Response;
  readonly #maxBuffered: number;
  #closed = false;
  /** What a slow reader has missed is one word, however much it was. */
  #missed: number | null = null;

  constructor(
    res: Response,
    maxBuffered: number,
    { after, concerns }: Pick<FleetViewer, 'after' | 'concerns'>,
  ) {
    this.#res = res;
    this.#maxBuffered = maxBuffered;
    this.after = after;
    this.concerns = concerns;
    res.on('drain', () => this.#tellMissed());
    res.on('close', () => {
      this.#closed = true;
    });
  }

  /** Something that concerns the page changed, before or at `at`. */
  news(at: number): void {
    if (this.#closed) return;
    if (this.#res.writableLength > this.#maxBuffered) this.#missed = at;
    else this.#res.write(eventText('news', {}, at));
  }

  /** The page is told of everything behind `at`. */
  here(at: number): void {
    if (!this.#closed) this.#res.write(eventText('here', {}, at));
  }

  beat(): void {
    if (!this.#closed && this.#res.writableLength <= this.#maxBuffered) this.#res.write(heartbeat);
  }

  end(name: 'end' | 'again'): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#res.end(eventText(name, {}));
    setTimeout(() => this.#res.destroy(), LAST_WORDS_MS).unref();
  }

  #tellMissed(): void {
    const at = this.#missed;
    this.#missed = null;
    if (at !== null) this.news(at);
  }
}
