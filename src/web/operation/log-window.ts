import type { StepRow } from '../../model/step.ts';
import type { Db } from '../../store/database.ts';
import * as logGaps from '../../store/log-gaps.ts';
import * as logs from '../../store/logs.ts';

/** A stretch of one step's log, oldest first. */
export type LogWindow = {
  chunks: { seq: number; at: number; text: string }[];
  /** True where nothing is before, or behind, the stretch. */
  first: boolean;
  last: boolean;
  gap: logGaps.LogGap | null;
};

/** What is wanted: the end; what is before or behind a chunk; what surrounds one. */
export type WindowPlace = { at?: number | null; before?: number | null; after?: number | null };

const ROWS = 20;

/** Reads about `bytes` of the log at a place. */
export async function logWindow(
  db: Db,
  step: StepRow,
  place: WindowPlace,
  bytes = 131_072,
): Promise<LogWindow> {
  const gap = await logGaps.ofStep(db, step);
  if (place.at) {
    const head = await backwards(db, step.id, place.at, bytes / 4);
    const tail = await forwards(db, step.id, place.at - 1, bytes);
    return { chunks: [...head.chunks, ...tail.chunks], first: head.all, last: tail.all, gap };
  }
  if (place.after) {
    const part = await forwards(db, step.id, place.after, bytes);
    return { chunks: part.chunks, first: false, last: part.all, gap };
  }
  const part = await backwards(db, step.id, place.before ?? null, bytes);
  return { chunks: part.chunks, first: part.all, last: !place.before, gap };
}

type Part = { chunks: LogWindow['chunks']; all: boolean };

async function backwards(db: Db, stepId: string, before: number | null, bytes: number): Promise<Part> {
  const chunks: logs.LogChunk[] = [];
  for (let from = before; ; from = chunks.at(-1)?.seq ?? 0) {
    const rows = await logs.ofStepBefore(db, stepId, from, ROWS);
    chunks.push(...rows);
    if (rows.length < ROWS) return { chunks: chunks.reverse().map(plain), all: true };
    if (sizeOf(chunks) >= bytes) return { chunks: chunks.reverse().map(plain), all: false };
  }
}

async function forwards(db: Db, stepId: string, after: number, bytes: number): Promise<Part> {
  const chunks: logs.LogChunk[] = [];
  for (let from = after; ; from = chunks.at(-1)?.seq ?? 0) {
    const rows = await logs.ofStepAfter(db, stepId, from, ROWS);
    chunks.push(...rows);
    if (rows.length < ROWS) return { chunks: chunks.map(plain), all: true };
    if (sizeOf(chunks) >= bytes) return { chunks: chunks.map(plain), all: false };
  }
}

function sizeOf(chunks: logs.LogChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.text.length, 0);
}

function plain({ seq, at, text }: logs.LogChunk): LogWindow['chunks'][number] {
  return { seq, at, text };
}
