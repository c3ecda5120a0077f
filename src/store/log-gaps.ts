import type { StepRow } from '../model/step.ts';
import type { Db } from './database.ts';

/** Where a step's log had to be cut: behind chunk `after`, `bytes` are missing. */
export type LogGap = { after: number; bytes: number };

/**
 * The gap of a log that outgrew its cap; null where it is complete. Numbers are handed out without holes in an
 * operation, so the missing ones tell the place: the pair of chunks between which most are missing.
 */
export async function ofStep(db: Db, step: StepRow): Promise<LogGap | null> {
  if (step.gapBytes === 0) return null;
  const rows = await db('log_chunks').where({ step_id: step.id }).orderBy('seq').select('seq');
  const seqs = rows.map((row) => Number(row.seq));
  const pairs = seqs
    .map((seq, index) => ({ after: seq, before: seqs[index + 1] ?? seq }))
    .filter(({ after, before }) => before > after + 1)
    .sort((one, other) => other.before - other.after - (one.before - one.after))
    .slice(0, 20);
  let place = { after: seqs[0] ?? 0, missing: 0 };
  for (const pair of pairs) {
    const missing = await missingBetween(db, step.operationId, pair.after, pair.before);
    if (missing > place.missing) place = { after: pair.after, missing };
  }
  return { after: place.after, bytes: step.gapBytes };
}

/** How much log lies behind chunk `after` up to chunk `until`, in bytes. */
export async function bytesBetween(
  db: Db,
  operationId: string,
  after: number,
  until: number,
): Promise<number> {
  const rows = await db('log_chunks')
    .where({ operation_id: operationId })
    .where('seq', '>', after)
    .where('seq', '<=', until)
    .sum({ bytes: 'bytes' });
  return Number(rows[0]?.bytes ?? 0);
}

async function missingBetween(db: Db, operationId: string, after: number, before: number): Promise<number> {
  const rows = await db('log_chunks')
    .where({ operation_id: operationId })
    .where('seq', '>', after)
    .where('seq', '<', before)
    .count({ n: '*' });
  return before - after - 1 - Number(rows[0]?.n ?? 0);
}
