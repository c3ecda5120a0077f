import type { StepRow } from '../model/step.ts';
import { conclude, keepEvidence } from '../store/journal.ts';
import * as operations from '../store/operations.ts';
import * as pauses from '../store/pauses.ts';
import type { Run } from './run.ts';

/** Lets the operation wait where a person wished it. True where this worker shall let go of it. */
export async function pausesHere(run: Run): Promise<boolean> {
  const found = await run.read((db) => operations.byId(db, run.operation.id));
  if (!found?.pauseRequestedAt) return false;
  await run.log.flush();
  run.tools.point('pause:before');
  const waits = await run.write((trx) => pauses.pause(trx, run.lease, null, false));
  run.tools.point('pause:done');
  return waits;
}

/** What the journal keeps of a wait: epoch ms by the database's clock; `until` null: until a person continues. */
type Waiting = { since: number; until: number | null };

/**
 * The wait between a canary and the rest: no worker holds the operation meanwhile. Over when its time has come, or
 * when a person told it to go on after it began.
 * @returns true where this worker shall let go of the operation
 */
export async function waitsHere(run: Run, row: StepRow): Promise<boolean> {
  if (row.state === 'done') return false;
  const { now, continuedAt, continuedBy } = await run.read((db) => pauses.clockAndWord(db, run.operation.id));
  const { waitSeconds } = run.operation.snapshot.project.settings.strategy;
  const begun = 'since' in row.evidence ? (row.evidence as Waiting) : null;
  const told = begun !== null && continuedAt !== null && continuedAt >= begun.since;
  const over = begun !== null && begun.until !== null && now >= begun.until;
  const log = run.log.step(row.id);
  if (begun && (told || over)) {
    const evidence = { ...begun, continuedBy: told ? continuedBy : null };
    log.line(told ? `${continuedBy} continued` : 'the time has come');
    await log.close();
    await run.write((trx) => conclude(trx, row.id, 'done', evidence));
    return false;
  }
  const waiting: Waiting = begun ?? { since: now, until: waitSeconds > 0 ? now + waitSeconds * 1000 : null };
  if (!begun) log.line(waiting.until === null ? 'waits for a person' : `waits for ${waitSeconds} s`);
  await log.close();
  run.tools.point(`wait~${row.process}:before`);
  const waits = await run.write(async (trx) => {
    await keepEvidence(trx, row.id, waiting);
    return pauses.pause(trx, run.lease, waiting.until, true);
  });
  run.tools.point(`wait~${row.process}:done`);
  return waits;
}
