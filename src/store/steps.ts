import { ulid } from 'ulid';
import type { Phase, StepRow, StepState } from '../model/step.ts';
import type { Db } from './database.ts';

/** A step as the plan gives it, before it is in the journal. */
export type NewStep = {
  stepKey: string;
  phase: Phase;
  name: string;
  hostId: string | null;
  process: number | null;
};

/** Adds the steps that are not there yet, behind those that are. */
export async function append(db: Db, operationId: string, steps: NewStep[]): Promise<void> {
  const existing = await db('steps').where({ operation_id: operationId }).select('step_key', 'position');
  const known = new Set(existing.map((row) => row.step_key));
  let position = existing.reduce((most, row) => Math.max(most, Number(row.position)), -1);
  const rows = steps
    .filter((step) => !known.has(step.stepKey))
    .map((step) => ({
      id: ulid(),
      operation_id: operationId,
      step_key: step.stepKey,
      position: ++position,
      phase: step.phase,
      name: step.name,
      host_id: step.hostId,
      process: step.process,
      state: 'pending',
      evidence: '{}',
    }));
  if (rows.length > 0) await db.batchInsert('steps', rows, 50);
}

/** Replaces the steps of these phases that have not begun by others, behind all that are left. */
export async function replacePending(
  db: Db,
  operationId: string,
  phases: Phase[],
  steps: NewStep[],
): Promise<void> {
  await db('steps').where({ operation_id: operationId, state: 'pending' }).whereIn('phase', phases).delete();
  await append(db, operationId, steps);
}

export async function ofOperation(db: Db, operationId: string): Promise<StepRow[]> {
  const rows = await db('steps').where({ operation_id: operationId }).orderBy('position');
  return rows.map(stepOf);
}

export async function byId(db: Db, id: string): Promise<StepRow | null> {
  const row = await db('steps').where({ id }).first();
  return row ? stepOf(row) : null;
}

/** How far into its source (a build's or a host's output file) a step's log is stored, in bytes. */
export async function sourceOffset(db: Db, id: string): Promise<number> {
  const row = await db('steps').where({ id }).first('source_offset');
  return Number(row?.source_offset ?? 0);
}

export function stepOf(row: Record<string, unknown>): StepRow {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    id: row.id as string,
    operationId: row.operation_id as string,
    stepKey: row.step_key as string,
    position: Number(row.position),
    phase: row.phase as Phase,
    name: row.name as string,
    hostId: row.host_id as string | null,
    process: number(row.process),
    state: row.state as StepState,
    attempt: Number(row.attempt),
    fence: number(row.fence),
    startedAt: number(row.started_at),
    endedAt: number(row.ended_at),
    evidence: JSON.parse((row.evidence as string | null) ?? '{}'),
    logBytes: Number(row.log_bytes),
    logLines: Number(row.log_lines),
    gapBytes: Number(row.gap_bytes),
  };
}
