/** Decodes UTF-8 that comes in pieces; bytes that are no text become U+FFFD. */
export class Utf8Stream {
  #held = Buffer.alloc(0);

  /** The text of all characters that are whole by now. */
  write(bytes: Buffer): string {
    const all = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    const whole = all.length - begunAtEnd(all);
    this.#held = Buffer.from(all.subarray(whole));
    return all.toString('utf8', 0, whole);
  }

  /** Bytes of a character that has begun and is not whole: they are not in any text yet. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** What was held back, at the end of the stream. */
  end(): string {
    const rest = this.#held.toString('utf8');
    this.#held = Buffer.alloc(0);
    return rest;
  }
}

/** How many bytes at the end begin a character that goes on (RFC 3629): 0 to 3. */
function begunAtEnd(bytes: Buffer): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes[bytes.length - count]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > count ? count : 0;
  }
  return 0;
}
