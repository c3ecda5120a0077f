import { AnsiReader } from './ansi.js';

/*
 * Chunks of one step's log to lines with lasting names. A line is named after the chunk in which it begins and its
 * place there (`<seq>-<n>`; 0 is what stands before the first line end), so a link to it holds whatever is loaded. Pure: no DOM.
 */
export class LogLines {
  #reader = new AnsiReader();
  #open = null;

  /** Takes the next chunk `{seq, at, text}`; gives the lines it ended, and the one still open (or null). */
  feed(chunk) {
    const ended = this.#reader.feed(chunk.text).map((pieces, index) => {
      const name = this.#open ?? { id: `${chunk.seq}-${index}`, at: chunk.at };
      this.#open = null;
      return { ...name, pieces };
    });
    if (this.#reader.open.length > 0) this.#open ??= { id: `${chunk.seq}-${ended.length}`, at: chunk.at };
    return { ended, open: this.#open && { ...this.#open, pieces: this.#reader.open } };
  }
}

/** All lines of some chunks in order, an unended last one included. */
export function linesOf(chunks) {
  const reader = new LogLines();
  const lines = [];
  let open = null;
  for (const chunk of chunks) {
    const part = reader.feed(chunk);
    lines.push(...part.ended);
    open = part.open;
  }
  return open ? [...lines, open] : lines;
}
