import type { Duplex } from 'node:stream';

/** What an HTTP server answered. */
export type Answered = {
  status: number;
  body: Buffer;
  /** The stream is as it was before, and may be asked again. */
  open: boolean;
};

/** The stream was closed before the first byte of an answer. */
export class Unanswered extends Error {}

/** No answer came in time. */
export class Late extends Error {}

const MOST_HEAD = 64 * 1024;
const MOST_BODY = 16 * 1024 * 1024;
const BLANK = '\r\n\r\n';

/**
 * One question over a stream, which is destroyed unless it stays open. Knows as much of HTTP as supervisor speaks: a status line,
 * headers, and a body that is as long as they say or ends with the stream.
 * @throws Late; Unanswered; Error where the answer is none, too long or cut off
 */
export function exchange(channel: Duplex, request: string | Buffer, deadlineMs: number): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const answer = new Answer();
    const leave = () => {
      clearTimeout(timer);
      channel.removeListener('data', read);
      channel.removeListener('end', ended);
      channel.removeListener('close', closed);
      channel.removeListener('error', fail);
    };
    const fail = (error: Error) => {
      leave();
      channel.on('error', () => channel.destroy());
      channel.destroy();
      reject(error);
    };
    const finish = () => {
      const answered = answer.read();
      leave();
      if (!answered.open) channel.destroy();
      resolve(answered);
    };
    const attempt = (act: () => void) => {
      try {
        act();
      } catch (error) {
        fail(error as Error);
      }
    };
    const timer = setTimeout(() => fail(new Late(`no answer within ${deadlineMs} ms`)), deadlineMs);
    const read = (chunk: Buffer) => attempt(() => answer.add(chunk) && finish());
    const ended = () => attempt(() => answer.endsHere() && finish());
    const closed = () => fail(answer.cutOff());
    channel.on('data', read);
    channel.on('end', ended);
    channel.on('error', fail);
    channel.on('close', closed);
    channel.write(request);
  });
}

class Answer {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Where the body begins, and how many bytes there will be in all; null: not known yet. */
  #body: number | null = null;
  #total: number | null = null;

  /** @returns whether that was all of it */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#body === null) this.#readHead();
    if (this.#bytes > MOST_HEAD + MOST_BODY) throw new Error('the answer is too long');
    return this.#total !== null && this.#bytes >= this.#total;
  }

  /** The stream has ended. @throws Error where more was promised */
  endsHere(): boolean {
    if (this.#body === null || this.#total !== null) throw this.cutOff();
    return true;
  }

  cutOff(): Error {
    return this.#bytes === 0 ? new Unanswered('no answer') : new Error('the answer was cut off');
  }

  read(): Answered {
    const all = this.#whole();
    const head = all.toString('latin1', 0, this.#body ?? 0);
    const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})/.exec(head) ?? [];
    if (status === undefined) throw new Error('no HTTP answer');
    const body = all.subarray(this.#body ?? 0, this.#total ?? all.length);
    const open = minor === '1' && this.#bytes === this.#total && !/\r\nconnection: *close/i.test(head);
    return { status: Number(status), body, open };
  }

  #readHead(): void {
    const end = this.#whole().indexOf(BLANK);
    if ((end < 0 ? this.#bytes : end) >= MOST_HEAD) throw new Error('no HTTP answer');
    if (end < 0) return;
    this.#body = end + BLANK.length;
    const head = this.#whole().toString('latin1', 0, end + 2);
    const [, length] = /\r\ncontent-length: *(\d{1,9})\r\n/i.exec(head) ?? [];
    if (length !== undefined) this.#total = this.#body + Number(length);
  }

  #whole(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }
}
