/** A run of text in one colour; `cls` holds class names such as `a-bold a-fg-1`, or nothing. */
export type Piece = { text: string; cls: string };

/** Reads output in any number of parts; colours and cut sequences carry over from one to the next. */
export class AnsiReader {
  /** The line that is not ended yet. */
  open: Piece[];
  /** Takes the next part and gives the lines that it ended. */
  feed(text: string): Piece[][];
}

/** The text without colours and control sequences, line by line. */
export function plainLines(text: string): string[];
