import type { Response } from 'express';
import type { LogChunk } from '../../store/logs.ts';
import { eventText, heartbeat } from './event.ts';

/**
 * One open stream. What a slow reader has not taken is held up to `maxBuffered` bytes; beyond it, log is left out
 * until the reader caught up, and a `gap` event tells what is missing. Facts (steps, hosts, operation) are
 * never left out: there are few of them.
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
  #missed: { after: number; bytes: number } | null = null;

  constructor(res: Response, seq: number, maxBuffered: number) {
    this.#res = res;
    this.seq = seq;
    this.#maxBuffered = maxBuffered;
    res.on('drain', () => this.#caughtUp());
    res.on('close', () => this.#ended());
  }

  /** Sends a chunk unless it was sent before. `text` is its event, made once for all viewers. */
  log(chunk: LogChunk, text: string): void {
    if (this.closed || chunk.seq <= this.seq) return;
    if (this.#isBehind()) this.#missed ??= { after: this.seq, bytes: 0 };
    if (this.#missed) this.#missed.bytes += Buffer.byteLength(chunk.text);
    else {
      if (chunk.seq > this.seq + 1) this.#gap({ after: this.seq, before: chunk.seq, bytes: null });
      this.#res.write(text);
    }
    this.seq = chunk.seq;
  }

  /** Sends facts; those that a slow reader missed are kept, in order, until it caught up. */
  facts(name: string, data: unknown[]): void {
    if (this.closed) return;
    if (this.#isBehind()) this.#facts.set(name, [...(this.#facts.get(name) ?? []), ...data]);
    else this.#res.write(eventText(name, data));
  }

  beat(): void {
    if (!this.closed && !this.#isBehind()) this.#res.write(heartbeat);
  }

  /** Waits until the reader took what was written; false where it is gone. */
  async ready(): Promise<boolean> {
    while (!this.closed && this.#isBehind()) await this.#settled();
    return !this.closed;
  }

  /** Sends a last event and closes. `end`: all is told; `again`: the page should open a new stream. */
  end(name: 'end' | 'again'): void {
    if (this.closed) return;
    this.#caughtUp();
    this.closed = true;
    this.#res.end(eventText(name, {}));
  }

  #isBehind(): boolean {
    return (
      this.#res.writableLength > this.#maxBuffered || (this.#missed !== null && this.#res.writableNeedDrain)
    );
  }

  #caughtUp(): void {
    if (this.closed) return;
    if (this.#missed) this.#gap({ ...this.#missed, before: this.seq + 1 });
    this.#missed = null;
    for (const [name, data] of this.#facts) this.#res.write(eventText(name, data));
    this.#facts.clear();
  }

  /** Chunks between `after` and `before` were left out; `bytes` is null where the store no longer has them. */
  #gap(gap: { after: number; before: number; bytes: number | null }): void {
    this.#res.write(eventText('gap', gap, gap.before - 1));
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

  #ended(): void {
    this.closed = true;
    this.#facts.clear();
  }
}
