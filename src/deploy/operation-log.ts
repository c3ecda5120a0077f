import { StringDecoder } from 'node:string_decoder';
import { setTimeout as pause } from 'node:timers/promises';
import { Masker } from '../model/masker.ts';
import type { NewChunk } from '../store/log-writer.ts';

const FLUSH_MS = 80;
const CHUNK = 32 * 1024;
const FULL = 2 * 1024 * 1024;

/** Stores chunks; false or an error stops the log. */
export type Sink = (chunks: NewChunk[]) => Promise<void>;

/** The log of one operation: masks secrets, gathers what steps write and stores it every 80 ms. */
export class OperationLog {
  private readonly sink: Sink;
  private readonly forms: string[];
  private waiting: NewChunk[] = [];
  /** Characters that are not stored yet, whether they wait or are on their way. */
  private unstored = 0;
  private timer: NodeJS.Timeout | null = null;
  private storing: Promise<void> = Promise.resolve();

  constructor(sink: Sink, forms: string[]) {
    this.sink = sink;
    this.forms = forms;
  }

  /** A writer for one step; `offset` tells how far its source has been read. */
  step(stepId: string): StepLog {
    return new StepLog(this, stepId, new Masker(this.forms));
  }

  add(chunk: NewChunk): void {
    for (let start = 0; start < chunk.text.length || start === 0; start += CHUNK) {
      const last = start + CHUNK >= chunk.text.length;
      this.waiting.push({
        ...chunk,
        text: chunk.text.slice(start, start + CHUNK),
        offset: last ? chunk.offset : null,
      });
    }
    this.unstored += chunk.text.length;
    this.timer ??= setTimeout(() => void this.flush().catch(() => this.stop()), FLUSH_MS);
  }

  /** Resolves when whoever produces output may go on: keeps memory flat under a flood. */
  async room(): Promise<void> {
    while (this.unstored > FULL) await Promise.race([this.flush(), pause(FLUSH_MS)]);
  }

  /** Everything written so far is stored when this resolves. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const chunks = merged(this.waiting);
    this.waiting = [];
    if (chunks.length > 0) this.storing = this.storing.then(() => this.store(chunks));
    return this.storing;
  }

  private async store(chunks: NewChunk[]): Promise<void> {
    await this.sink(chunks);
    for (const { text } of chunks) this.unstored -= text.length;
  }

  /** The store is gone or not ours any more: the step that waits in `flush` learns why. */
  private stop(): void {
    this.waiting = [];
  }
}

/** Text of one step, in the order written. */
export class StepLog {
  private readonly log: OperationLog;
  private readonly masker: Masker;
  private readonly decoder = new StringDecoder('utf8');
  readonly stepId: string;

  constructor(log: OperationLog, stepId: string, masker: Masker) {
    this.log = log;
    this.stepId = stepId;
    this.masker = masker;
  }

  /** One line of our own. */
  line(text: string): void {
    this.write(`${text}\n`, null);
  }

  /** Output of a command. `offset`: bytes of its source up to the end of this piece, where it can be read again. */
  output(bytes: Buffer, offset: number | null = null): void {
    this.write(this.decoder.write(bytes), offset);
  }

  room(): Promise<void> {
    return this.log.room();
  }

  /** Lets out what the masker held back, and stores everything. */
  async close(): Promise<void> {
    const rest = this.masker.push(this.decoder.end()) + this.masker.end();
    if (rest) this.log.add({ stepId: this.stepId, text: rest, offset: null });
    await this.log.flush();
  }

  private write(text: string, offset: number | null): void {
    const safe = this.masker.push(text);
    const stored = offset === null ? null : offset - this.masker.heldBytes;
    if (safe || stored !== null) this.log.add({ stepId: this.stepId, text: safe, offset: stored });
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
