import { messageOf } from '../errors.ts';
import type { Phase, StepRow } from '../model/step.ts';
import { startOperation } from '../store/journal.ts';
import * as steps from '../store/steps.ts';
import { activate, type Left } from './activate.ts';
import { admitAgain } from './admission.ts';
import { atOnce } from './at-once.ts';
import { Cancellation } from './cancellation.ts';
import { end, stopOf } from './end.ts';
import { planSteps, touchesHosts } from './plan.ts';
import type { Run } from './run.ts';
import { runStep } from './step-run.ts';
import { isSuperseded } from './superseded.ts';
import { undo } from './undo.ts';
import { undoArrival } from './undo-arrival.ts';

/** Told from outside: `draining` means that the worker wants to hand over after the host at hand. */
export type Wishes = { draining: AbortSignal };

/**
 * Runs an operation from wherever its journal says it is to its end.
 * @returns 'finished'; 'paused' where it waits and no worker holds it; 'handed-over' when the worker is draining
 * @throws LeaseLost or StaleFence where another worker took it over
 */
export async function runOperation(run: Run, wishes: Wishes): Promise<'finished' | 'paused' | 'handed-over'> {
  await run.write((trx) => startOperation(trx, run.lease));
  const cancel = new Cancellation(run);
  try {
    const left = await throughPhases(run, cancel, wishes);
    if (left !== 'over') return left;
    await end(run, null, false);
  } catch (error) {
    if (error instanceof HandOver) return 'handed-over';
    if (isSuperseded(error) || run.lost.aborted) throw error;
    await undoArrival(run);
    const stop = await undo(run, stopOf(error, run.forms), wishes.draining);
    if (stop === 'handed-over') return stop;
    await end(run, stop, cancel.asked);
  } finally {
    cancel.close();
  }
  return 'finished';
}

async function throughPhases(run: Run, cancel: Cancellation, wishes: Wishes): Promise<Left> {
  await admitAgain(run);
  await takeOver(run);
  run.live = (await ofPhase(run, 'activate')).some((row) => row.state !== 'pending');
  const early = run.live ? null : cancel;
  await inTurn(run, 'prepare', early, wishes);
  await allHosts(run, 'preflight', 32, early);
  await decide(run);
  await allHosts(run, 'stage', run.tools.config.stageAtOnce, early);
  await inTurn(run, 'before', early, wishes);
  const left = await activate(run, cancel, wishes.draining);
  if (left !== 'over') return left;
  await inTurn(run, 'after', null, wishes);
  await inTurn(run, 'finish', null, wishes);
  return 'over';
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

async function ofPhase(run: Run, phase: Phase): Promise<StepRow[]> {
  return (await run.journal()).filter((row) => row.phase === phase);
}
