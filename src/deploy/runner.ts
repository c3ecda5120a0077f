import { messageOf } from '../errors.ts';
import type { Phase, StepRow } from '../model/step.ts';
import { markHost, startOperation } from '../store/journal.ts';
import * as steps from '../store/steps.ts';
import { atOnce } from './at-once.ts';
import { Cancellation } from './cancellation.ts';
import { end, stopOf } from './end.ts';
import { OperationStopped } from './operation-stopped.ts';
import { planSteps, touchesHosts } from './plan.ts';
import type { Run } from './run.ts';
import { runStep } from './step-run.ts';
import { isSuperseded } from './superseded.ts';

/** Told from outside: `draining` means that the worker wants to hand over after the host at hand. */
export type Wishes = { draining: AbortSignal };

/**
 * Runs an operation from wherever its journal says it is to its end.
 * @returns 'finished', or 'handed-over' when the worker is draining
 * @throws LeaseLost or StaleFence where another worker took it over
 */
export async function runOperation(run: Run, wishes: Wishes): Promise<'finished' | 'handed-over'> {
  await run.write((trx) => startOperation(trx, run.lease));
  const cancel = new Cancellation(run);
  try {
    await takeOver(run);
    run.live = (await ofPhase(run, 'activate')).some((row) => row.state !== 'pending');
    const early = run.live ? null : cancel;
    await inTurn(run, 'prepare', early, wishes);
    await allHosts(run, 'preflight', 32, early);
    await decide(run);
    await allHosts(run, 'stage', run.tools.config.stageAtOnce, early);
    await inTurn(run, 'before', early, wishes);
    if (!(await activate(run, cancel, wishes))) return 'handed-over';
    await inTurn(run, 'after', null, wishes);
    await inTurn(run, 'finish', null, wishes);
    await end(run, null, false);
  } catch (error) {
    if (error instanceof HandOver) return 'handed-over';
    if (isSuperseded(error) || run.lost.aborted) throw error;
    await end(run, stopOf(error, run.forms), cancel.asked);
  } finally {
    cancel.close();
  }
  return 'finished';
}

class HandOver extends Error {}

/** The phases whose steps are put in their order after preflight. */
const late: Phase[] = ['before', 'activate', 'after', 'finish'];

/** A successor tells its fence to every host before its first effect; who cannot be reached is not touched anyway. */
async function takeOver(run: Run): Promise<void> {
  const { operation, tools, lease } = run;
  if (run.hostFacts.size === 0 || !run.facts.decided || !touchesHosts(operation.kind)) return;
  await Promise.all(
    operation.snapshot.hosts.map(async (host) => {
      try {
        await tools.guard.announce(host, operation.projectKey, lease.fence, run.lost);
      } catch (error) {
        if (isSuperseded(error)) throw error;
        run.log.step((await run.journal())[0]!.id).line(`${host.name} is unfenced: ${messageOf(error)}`);
      }
    }),
  );
}

/** @param cancel null where nobody may cancel any more: what has begun on a host comes first. */
async function inTurn(run: Run, phase: Phase, cancel: Cancellation | null, wishes: Wishes) {
  const signal = signalOf(run, cancel);
  for (const row of await ofPhase(run, phase)) {
    await cancel?.check();
    if (wishes.draining.aborted) throw new HandOver();
    await runStep(run, row, signal);
  }
}

/** All hosts side by side; all of them are heard before the first failure counts. */
async function allHosts(run: Run, phase: Phase, most: number, cancel: Cancellation | null) {
  await cancel?.check();
  const signal = signalOf(run, cancel);
  const outcomes = await atOnce(await ofPhase(run, phase), most, (row) => runStep(run, row, signal));
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
  const worst = failed.find(isSuperseded) ?? failed[0];
  if (worst) throw worst;
}

function signalOf(run: Run, cancel: Cancellation | null): AbortSignal {
  return cancel ? AbortSignal.any([run.lost, cancel.signal]) : run.lost;
}

/** After preflight: what each host needs is known, and its steps are put in their order once and for all. */
async function decide(run: Run): Promise<void> {
  const { operation } = run;
  if (run.facts.decided) return;
  const plan = planSteps(operation.kind, operation.snapshot, run.hostFacts).filter((step) =>
    late.includes(step.phase),
  );
  const [first] = await run.journal();
  await run.write(async (trx) => {
    await steps.replacePending(trx, operation.id, late, plan);
    if (first) await run.keep(trx, { ...first, hostId: null }, { facts: { decided: true } });
  });
}

/** Host after host; stops at the first failure. False where the worker shall hand over before the next host. */
async function activate(run: Run, cancel: Cancellation, wishes: Wishes): Promise<boolean> {
  const rows = await ofPhase(run, 'activate');
  const { id, snapshot } = run.operation;
  for (const host of snapshot.hosts) {
    const own = rows.filter((row) => row.hostId === host.hostId);
    if (own.length === 0) continue;
    if (own.every((row) => row.state === 'done' || row.state === 'skipped')) {
      await run.write((trx) => markHost(trx, id, host.hostId, { state: 'done' }));
      continue;
    }
    const begun = own.some((row) => row.state !== 'pending');
    if (!begun) await cancel.check();
    if (!begun && wishes.draining.aborted) return false;
    await activateHost(run, host.hostId, own);
  }
  return true;
}

async function activateHost(run: Run, hostId: string, rows: StepRow[]): Promise<void> {
  run.live = true;
  const { id } = run.operation;
  await run.write((trx) => markHost(trx, id, hostId, { state: 'active' }));
  try {
    for (const row of rows) await runStep(run, row, run.lost);
  } catch (error) {
    if (error instanceof OperationStopped) {
      const state = error.unknown ? 'unknown' : 'failed';
      await run.write((trx) => markHost(trx, id, hostId, { state }));
    }
    throw error;
  }
  await run.write((trx) => markHost(trx, id, hostId, { state: 'done' }));
}

async function ofPhase(run: Run, phase: Phase): Promise<StepRow[]> {
  return (await run.journal()).filter((row) => row.phase === phase);
}
