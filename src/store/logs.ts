import type { Db } from './database.ts';

/** A piece of a step's log. `seq` counts up through the whole operation; it is the live stream's event id. */
export type LogChunk = { operationId: string; seq: number; stepId: string; at: number; text: string };

/** Chunks of an operation behind `seq`, oldest first. */
export async function after(db: Db, operationId: string, seq: number, limit = 200): Promise<LogChunk[]> {
  const rows = await db('log_chunks')
    .where({ operation_id: operationId })
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit);
  return rows.map(chunkOf);
}

/** The last chunks of an operation, oldest first. */
export async function newest(db: Db, operationId: string, limit: number): Promise<LogChunk[]> {
  const rows = await db('log_chunks')
    .where({ operation_id: operationId })
    .orderBy('seq', 'desc')
    .limit(limit);
  return rows.map(chunkOf).reverse();
}

/** Chunks of one step before `seq` (exclusive; none: from the end), newest first. */
export async function ofStepBefore(
  db: Db,
  stepId: string,
  seq: number | null,
  limit = 50,
): Promise<LogChunk[]> {
  const rows = await db('log_chunks')
    .where({ step_id: stepId })
    .modify((query) => seq !== null && query.where('seq', '<', seq))
    .orderBy('seq', 'desc')
    .limit(limit);
  return rows.map(chunkOf);
}

/** Chunks of one step behind `seq`, oldest first. */
export async function ofStepAfter(db: Db, stepId: string, seq: number, limit = 200): Promise<LogChunk[]> {
  const rows = await db('log_chunks')
    .where({ step_id: stepId })
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit);
  return rows.map(chunkOf);
}

function chunkOf(row: Record<string, unknown>): LogChunk {
  return {
    operationId: row.operation_id as string,
    seq: Number(row.seq),
    stepId: row.step_id as string,
    at: Number(row.at),
    text: row.text as string,
  };
}
