import type { HostSnapshot, Snapshot } from '../model/operation.ts';
import type { StepRow } from '../model/step.ts';
import { forget } from '../store/joining.ts';
import { markHost } from '../store/journal.ts';
import { append, type NewStep } from '../store/steps.ts';
import { remove } from './activation.ts';
import { OperationStopped } from './operation-stopped.ts';
import { step } from './plan-step.ts';
import type { Run } from './run.ts';
import { runStep } from './step-run.ts';

/**
 * Takes back from a machine that was to join what a failed operation began on it: out of its registry, down, and away
 * with configuration, link and releases. As much as goes: a step that fails is journaled, and the next one is tried.
 */
export async function undoArrival(run: Run): Promise<void> {
  const { id, projectId, snapshot, kind } = run.operation;
  const { arrival } = snapshot.params;
  const [host] = snapshot.hosts;
  if (kind !== 'expansion' || !host || !arrival || arrival.placed) return;
  const journal = await run.journal();
  const plan = undoSteps(host, snapshot, journal);
  if (plan.length === 0) return;
  await run.write((trx) => append(trx, id, plan));
  for (const row of (await run.journal()).filter(({ phase }) => phase === 'undo'))
    if (!(await attempt(run, row))) break;
  await run.write(async (trx) => {
    await forget(trx, projectId, host.hostId);
    await markHost(trx, id, host.hostId, { state: 'failed', releaseAfter: null });
  });
}

/** Only what was put into a registry is taken out of it. */
const leaves = new Set(['deregister', 'drain']);

/** What was begun decides what is taken back. Pure. */
export function undoSteps(host: HostSnapshot, snapshot: Snapshot, journal: StepRow[]): NewStep[] {
  const begun = journal.filter(({ state, hostId }) => state !== 'pending' && state !== 'skipped' && hostId);
  const isLive = begun.some(({ phase }) => phase === 'activate');
  if (!isLive && !begun.some(({ phase }) => phase === 'stage')) return [];
  const registered = new Set(begun.filter(({ name }) => name === 'register').map(({ process }) => process));
  const shape = { configurationChanges: false, adopts: false };
  const steps = isLive ? remove(host, snapshot, shape) : [step('undo', 'unlink', host)];
  return steps
    .filter(({ name, process }) => !leaves.has(name) || registered.has(process))
    .map((one) => ({ ...one, phase: 'undo', stepKey: `undo-${one.stepKey}` }));
}

/** False where the machine cannot be reached, so that nothing more is tried. */
async function attempt(run: Run, row: StepRow): Promise<boolean> {
  if (row.state !== 'pending' && row.state !== 'intent') return true;
  try {
    await runStep(run, row, run.lost);
    return true;
  } catch (error) {
    if (!(error instanceof OperationStopped)) throw error;
    return !error.failure.code.startsWith('ssh_');
  }
}
