import { StringDecoder } from 'node:string_decoder';

/** Keeps the first bytes of a stream as text; characters split between chunks stay whole. */
export class Output {
  private readonly decoder = new StringDecoder('utf8');
  private readonly maxBytes: number;
  private kept = '';
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  add(chunk: Buffer): void {
    const room = this.maxBytes - this.bytes;
    this.bytes += chunk.length;
    if (room > 0) this.kept += this.decoder.write(chunk.subarray(0, room));
  }

  get truncated(): boolean {
    return this.bytes > this.maxBytes;
  }

  text(): string {
    return this.truncated ? this.kept : this.kept + this.decoder.end();
  }
}
