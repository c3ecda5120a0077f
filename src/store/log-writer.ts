import { now } from './clock.ts';
import type { Db } from './database.ts';

/** What is about to be stored of one step's log. `offset`: bytes of the source that are stored with it. */
export type NewChunk = { stepId: string; text: string; offset: number | null };

/**
 * Stores chunks in order behind the operation's last one; called inside `fenced`.
 * Beyond `capBytes` per step the first half stays and the last half moves along: what falls out is deleted and counted.
 */
export async function append(
  trx: Db,
  operationId: string,
  chunks: NewChunk[],
  capBytes: number,
): Promise<number> {
  const row = await trx('operations').where({ id: operationId }).first('last_log');
  let seq = Number(row?.last_log ?? 0);
  for (const chunk of chunks) {
    const bytes = Buffer.byteLength(chunk.text);
    if (bytes > 0) {
      await trx('log_chunks').insert({
        operation_id: operationId,
        seq: ++seq,
        step_id: chunk.stepId,
        at: now(trx),
        text: chunk.text,
        bytes,
      });
    }
    await count(trx, chunk, bytes);
  }
  for (const stepId of new Set(chunks.map((chunk) => chunk.stepId))) await trim(trx, stepId, capBytes);
  await trx('operations').where({ id: operationId }).update({ last_log: seq });
  return seq;
}

async function count(trx: Db, chunk: NewChunk, bytes: number): Promise<void> {
  const lines = chunk.text.split('\n').length - 1;
  await trx('steps')
    .where({ id: chunk.stepId })
    .update({
      log_bytes: trx.raw('log_bytes + ?', [bytes]),
      log_lines: trx.raw('log_lines + ?', [lines]),
      ...(chunk.offset === null ? {} : { source_offset: chunk.offset }),
    });
}

async function trim(trx: Db, stepId: string, capBytes: number): Promise<void> {
  const step = await trx('steps').where({ id: stepId }).first('log_bytes', 'gap_bytes');
  let over = Number(step.log_bytes) - Number(step.gap_bytes) - capBytes;
  if (over <= 0) return;
  const head = await headEnd(trx, stepId, capBytes / 2);
  const rows = await trx('log_chunks')
    .where({ step_id: stepId })
    .where('seq', '>', head)
    .orderBy('seq')
    .select('operation_id', 'seq', 'bytes')
    .limit(500);
  let gone = 0;
  for (const row of rows.slice(0, -1)) {
    if (over <= 0) break;
    await trx('log_chunks').where({ operation_id: row.operation_id, seq: row.seq }).delete();
    gone += Number(row.bytes);
    over -= Number(row.bytes);
  }
  await trx('steps').where({ id: stepId }).increment('gap_bytes', gone);
}

/** The last chunk that belongs to the head, which is kept for ever. */
async function headEnd(trx: Db, stepId: string, headBytes: number): Promise<number> {
  const rows = await trx('log_chunks').where({ step_id: stepId }).orderBy('seq').select('seq', 'bytes');
  let sum = 0;
  let last = 0;
  for (const row of rows) {
    sum += Number(row.bytes);
    if (sum > headBytes) break;
    last = Number(row.seq);
  }
  return last;
}
