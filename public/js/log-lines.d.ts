import type { Piece } from './ansi.js';

export type Chunk = { seq: number; at: number; text: string };
/** `id` is `<seq>-<n>`: the chunk in which the line begins and its place there; `at`: epoch milliseconds. */
export type LogLine = { id: string; at: number; pieces: Piece[] };

/** Chunks of one step's log to lines, in any number of parts. */
export class LogLines {
  feed(chunk: Chunk): { ended: LogLine[]; open: LogLine | null };
}

/** All lines of some chunks in order, an unended last one included. */
export function linesOf(chunks: Chunk[]): LogLine[];
