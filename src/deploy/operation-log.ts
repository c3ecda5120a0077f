import { setTimeout as pause } from 'node:timers/promises';
import { MaskedSpans } from '../model/masked-spans.ts';
import { Masker } from '../model/masker.ts';
import type { NewChunk } from '../store/log-writer.ts';
import { type Sink, StepLog } from './step-log.ts';

const FLUSH_MS = 80;
const CHUNK = 32 * 1024;
const FULL = 2 * 1024 * 1024;

/** The log of one operation: masks secrets, gathers what steps write and stores it every 80 ms. */
export class OperationLog {
  private readonly sink: Sink;
  private readonly spans: MaskedSpans;
  private waiting: NewChunk[] = [];
  /** Characters that are not stored yet, whether they wait or are on their way. */
  private unstored = 0;
  private timer: NodeJS.Timeout | null = null;
  private storing: Promise<void> = Promise.resolve();

  constructor(sink: Sink, forms: string[]) {
    this.sink = sink;
    this.spans = new MaskedSpans(forms);
  }

  /** Masks these from now on, in steps that have begun too. */
  hide(forms: readonly string[]): void {
    this.spans.add(forms);
  }

  /** A writer for one step; `offset` tells how far its source has been read. */
  step(stepId: string): StepLog {
    return new StepLog(this, stepId, new Masker(this.spans));
  }

  add(chunk: NewChunk): void {
    for (let start = 0, end = 0; end < chunk.text.length || end === 0; start = end) {
      end = endOf(chunk.text, start);
      const last = end >= chunk.text.length;
      this.waiting.push({
        ...chunk,
        text: chunk.text.slice(start, end),
        offset: last ? chunk.offset : null,
      });
      if (last) break;
    }
    this.unstored += chunk.text.length;
    this.timer ??= setTimeout(() => void this.flush().catch(() => this.stop()), FLUSH_MS);
  }

  /** Resolves when whoever produces output may go on: keeps memory flat under a flood. */
  async room(): Promise<void> {
    while (this.unstored > FULL) {
      await this.flush();
      // What is on its way with the outcome of another step is not waited for by `flush`.
      if (this.unstored > FULL) await pause(FLUSH_MS);
    }
  }

  /**
   * Everything written so far is stored when this resolves.
   * @param sink stores it together with something else, even where there is nothing to store; it is called once all that
   * was written before is stored, and not at all where that could not be stored
   */
  flush(sink: Sink = this.sink): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const chunks = merged(this.waiting);
    this.waiting = [];
    const before = this.storing;
    if (chunks.length === 0 && sink === this.sink) return before;
    const now = before.then(() => this.store(chunks, sink));
    if (sink === this.sink) this.storing = now;
    return now;
  }

  private async store(chunks: NewChunk[], sink: Sink): Promise<void> {
    try {
      await sink(chunks);
    } catch (error) {
      // What refused it was, perhaps, what it was to be stored with.
      if (sink !== this.sink) this.waiting.unshift(...chunks);
      throw error;
    }
    for (const { text } of chunks) this.unstored -= text.length;
  }

  /** The store is gone or not ours any more: the step that waits in `flush` learns why. */
  private stop(): void {
    this.waiting = [];
  }
}

function merged(chunks: NewChunk[]): NewChunk[] {
  const result: NewChunk[] = [];
  for (const chunk of chunks) {
    const last = result.at(-1);
    if (last?.stepId === chunk.stepId && last.text.length + chunk.text.length <= CHUNK) {
      last.text += chunk.text;
      last.offset = chunk.offset ?? last.offset;
    } else result.push({ ...chunk });
  }
  return result;
}

/** Where a piece of at most CHUNK ends that does not part the two halves of one character. */
function endOf(text: string, start: number): number {
  const end = Math.min(start + CHUNK, text.length);
  const parts = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return parts ? end - 1 : end;
}
