import type { Masker } from '../model/masker.ts';
import type { NewChunk } from '../store/log-writer.ts';
import { Utf8Stream } from './utf8-stream.ts';

/** Kept of the end, for the card of a failure. */
const TAIL = 16 * 1024;

/** Stores chunks; an error stops the log. */
export type Sink = (chunks: NewChunk[]) => Promise<void>;

/** Where a step's text goes. */
type Gathering = { add(chunk: NewChunk): void; room(): Promise<void>; flush(sink?: Sink): Promise<void> };

/** Text of one step, in the order written, without secrets. */
export class StepLog {
  readonly stepId: string;
  private readonly log: Gathering;
  private readonly masker: Masker;
  private readonly decoder = new Utf8Stream();
  private recent = '';

  constructor(log: Gathering, stepId: string, masker: Masker) {
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

  /** The end of all that was written, once nothing more comes. */
  tail(): string {
    this.letOut();
    return this.recent;
  }

  /** Lets out what the masker held back, and stores everything; by `sink`, where something else is stored with it. */
  async close(sink?: Sink): Promise<void> {
    this.letOut();
    await this.log.flush(sink);
  }

  private letOut(): void {
    const rest = this.masker.push(readable(this.decoder.end())) + this.masker.end();
    if (rest) this.add(rest, null);
  }

  private write(text: string, offset: number | null): void {
    const safe = this.masker.push(readable(text));
    const held = this.masker.heldBytes + this.decoder.heldBytes;
    const stored = offset === null ? null : offset - held;
    if (safe || stored !== null) this.add(safe, stored);
  }

  private add(text: string, offset: number | null): void {
    this.recent = (this.recent + text).slice(-TAIL);
    this.log.add({ stepId: this.stepId, text, offset });
  }
}

/** SQLite reads a text up to its first NUL only: it is shown by its symbol. */
function readable(text: string): string {
  return text.replaceAll('\0', '\u2400');
}
