import type { Response } from 'express';
import type { LogChunk } from '../../store/logs.ts';
import { eventText, heartbeat } from './event.ts';

/** How long a reader may take over the end of the stream. */
const LAST_WORDS_MS = 5000;

/**
 * One open stream. At most about `maxBuffered` bytes wait for a slow reader; what comes then, it reads from the
 * database later (`Watch`). Facts (steps, hosts, operation) are kept for it: there are few of them.
 */
export class Viewer {
  /** The last log chunk sent or left out. */
  seq: number;
  /** False while it still reads older chunks from the database. */
  live = false;
  closed = false;
  readonly #res: Response;
  readonly #maxBuffered: number;
  readonly #facts = new Map<string, unknown[]>();

  constructor(res: Response, seq: number, maxBuffered: number) {
    this.#res = res;
    this.seq = seq;
    this.#maxBuffered = maxBuffered;
    res.on('drain', () => this.#tellFacts());
    res.on('close', () => {
      this.closed = true;
    });
  }

  /** True while the reader has not taken what was written. */
  get isBehind(): boolean {
    return this.#res.writableLength > this.#maxBuffered;
  }

  /** Sends a chunk unless it was sent before; `text` is its event. False where the reader is behind. */
  log(chunk: LogChunk, text: string): boolean {
    if (this.closed || chunk.seq <= this.seq) return true;
    if (this.isBehind) return false;
    if (chunk.seq > this.seq + 1) this.skip(chunk.seq - 1, null);
    this.#res.write(text);
    this.seq = chunk.seq;
    return true;
  }

  /** Leaves out the chunks up to `until` and says so; `bytes` is null where the store no longer has them. */
  skip(until: number, bytes: number | null): void {
    this.#res.write(eventText('gap', { after: this.seq, before: until + 1, bytes }, until));
    this.seq = until;
  }

  /** Sends facts; those that a slow reader missed are kept, in order, until it caught up. */
  facts(name: string, data: unknown[]): void {
    if (this.closed) return;
    if (this.isBehind) this.#facts.set(name, [...(this.#facts.get(name) ?? []), ...data]);
    else this.#res.write(eventText(name, data));
  }

  beat(): void {
    if (!this.closed && !this.isBehind) this.#res.write(heartbeat);
  }

  /** Waits until the reader took what was written; false where it is gone. */
  async ready(): Promise<boolean> {
    while (!this.closed && this.isBehind) await this.#settled();
    return !this.closed;
  }

  /** Sends a last event and closes. `end`: all is told; `again`: the page should open a new stream. */
  end(name: 'end' | 'again'): void {
    if (this.closed) return;
    this.#tellFacts();
    this.closed = true;
    this.#res.end(eventText(name, {}));
    setTimeout(() => this.#res.destroy(), LAST_WORDS_MS).unref();
  }

  #tellFacts(): void {
    if (this.closed) return;
    for (const [name, data] of this.#facts) this.#res.write(eventText(name, data));
    this.#facts.clear();
  }

  #settled(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#res.off('drain', done).off('close', done);
        resolve();
      };
      this.#res.on('drain', done).on('close', done);
    });
  }
}
