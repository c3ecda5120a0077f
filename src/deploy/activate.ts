import type { HostSnapshot, OperationHostState } from '../model/operation.ts';
import type { StepRow } from '../model/step.ts';
import { markHost } from '../store/journal.ts';
import { atOnce } from './at-once.ts';
import { pausesHere, waitsHere } from './boundary.ts';
import type { Cancellation } from './cancellation.ts';
import { OperationStopped } from './operation-stopped.ts';
import type { Run } from './run.ts';
import { runStep } from './step-run.ts';
import { stillPermitted } from './still-permitted.ts';
import { isSuperseded } from './superseded.ts';
import { type Wave, wavesOf } from './waves.ts';

/** How a worker leaves the changes of the hosts: all are over, or they wait, or another worker shall go on. */
export type Left = 'over' | 'paused' | 'handed-over';

/**
 * Changes wave after wave of hosts, from wherever the journal says. Those of one wave are changed side by side, and
 * each is finished whatever happens to the others.
 * @throws OperationStopped when more hosts have failed than may, or at the end where any has; or when it is cancelled
 */
export async function activate(run: Run, cancel: Cancellation, draining: AbortSignal): Promise<Left> {
  const { kind, snapshot } = run.operation;
  const { maxFailures } = snapshot.project.settings.strategy;
  const failures: OperationStopped[] = [];
  for (const wave of wavesOf(kind, snapshot)) {
    const rows = (await run.journal()).filter((row) => row.phase === 'activate');
    const left = await reach(run, wave, rows, { cancel, draining });
    if (left !== 'over') return left;
    failures.push(...(await change(run, wave, rows)));
    if (failures.length > maxFailures) break;
  }
  if (failures.length > 0) throw OperationStopped.of(failures);
  return 'over';
}

type Wishes = { cancel: Cancellation; draining: AbortSignal };

/** At the boundary before a wave that has not begun: here an operation ends, waits, or changes its worker. */
async function reach(run: Run, wave: Wave, rows: StepRow[], wishes: Wishes): Promise<Left> {
  const own = wave.hosts.flatMap((host) => ofHost(rows, host));
  if (own.length === 0 || own.some((row) => row.state !== 'pending')) return 'over';
  // One that goes back already passes here only to find its failure again.
  const goesOn = run.facts.undo === undefined;
  if (goesOn) await wishes.cancel.check();
  if (goesOn && wishes.draining.aborted) return 'handed-over';
  if (goesOn) await stillPermitted(run);
  if (goesOn && (await pausesHere(run))) return 'paused';
  for (const gate of rows.filter((row) => row.hostId === null && row.process === wave.number)) {
    if (gate.name === 'wait') {
      if (await waitsHere(run, gate)) return 'paused';
    } else await runStep(run, anew(gate), run.lost);
    if (goesOn) await wishes.cancel.check();
    if (goesOn) await stillPermitted(run);
  }
  return 'over';
}

/** What was well when a worker was lost here is asked again. */
function anew(gate: StepRow): StepRow {
  return gate.state === 'done' ? { ...gate, state: 'pending' } : gate;
}

/** @returns why hosts of this wave failed */
async function change(run: Run, wave: Wave, rows: StepRow[]): Promise<OperationStopped[]> {
  const outcomes = await atOnce(wave.hosts, wave.hosts.length, (host) =>
    changeHost(run, host, ofHost(rows, host)),
  );
  const thrown = outcomes.filter((one) => one.status === 'rejected').map((one) => one.reason);
  if (thrown.length > 0) throw thrown.find(isSuperseded) ?? thrown[0];
  return outcomes.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
}

async function changeHost(run: Run, host: HostSnapshot, rows: StepRow[]): Promise<OperationStopped | null> {
  if (rows.length === 0) return null;
  const over = rows.every((row) => row.state === 'done' || row.state === 'skipped');
  const mark = (state: OperationHostState) =>
    run.write((trx) => markHost(trx, run.operation.id, host.hostId, { state }));
  run.live = true;
  try {
    if (!over) await mark('active');
    for (const row of rows) await runStep(run, row, run.lost);
  } catch (error) {
    if (!(error instanceof OperationStopped)) throw error;
    await mark(error.unknown ? 'unknown' : 'failed');
    return error;
  }
  await mark('done');
  return null;
}

function ofHost(rows: StepRow[], host: HostSnapshot): StepRow[] {
  return rows.filter((row) => row.hostId === host.hostId);
}
