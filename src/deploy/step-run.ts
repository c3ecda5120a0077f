import { messageOf } from '../errors.ts';
import type { StepRow } from '../model/step.ts';
import { OutcomeUnknown } from '../shells/guard/guard-error.ts';
import { conclude, intend, intendAnew } from '../store/journal.ts';
import { failureOf, StepUnknown } from './failure.ts';
import { OperationStopped } from './operation-stopped.ts';
import type { Run } from './run.ts';
import type { HostStepContext, Outcome, Step, Verdict } from './step.ts';
import { stepNamed } from './steps/index.ts';
import { isSuperseded } from './superseded.ts';

const ATTEMPTS = 3;

/**
 * Runs one step of the journal: intent, effect, outcome. A step that is done already is passed over; one that a
 * lost worker began is done under the same key, which the host answers with what happened.
 * @throws OperationStopped where it failed, LeaseLost or StaleFence where another worker took over
 */
export async function runStep(run: Run, row: StepRow, signal: AbortSignal): Promise<void> {
  if (row.state === 'done' || row.state === 'skipped') return;
  if (row.state === 'failed' || row.state === 'unknown') throw OperationStopped.again(row);
  const place = placeOf(run, row);
  run.tools.point(`${place}:before`);
  await run.write((trx) => intend(trx, run.lease, row.id, row.attempt));
  run.tools.point(`${place}:intended`);
  await run.hideRelease();
  const log = run.log.step(row.id);
  const context = contextOf(run, row, log, signal);
  try {
    const outcome = await attempts(run, context);
    run.tools.point(`${place}:done`);
    await log.close((chunks) =>
      run.write(async (trx) => {
        await run.append(trx, chunks);
        await run.keep(trx, row, outcome);
        await conclude(trx, row.id, outcome.state ?? 'done', outcome.evidence ?? {});
      }),
    );
  } catch (error) {
    if (isSuperseded(error) || run.lost.aborted) throw error;
    throw await stopped(run, context, error);
  }
}

async function attempts(run: Run, context: HostStepContext): Promise<Outcome> {
  const { row } = context;
  const step = stepNamed(row.name);
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await step.run(context);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      context.log.line(`the outcome is not known; looking (${messageOf(error.cause ?? error)})`);
      const verdict = await lookBack(step, context, error);
      if (typeof verdict === 'object') return verdict;
      if (verdict === 'unknown' || left <= 1)
        throw new StepUnknown('outcome_unknown', error.detail, { tail: context.log.tail() });
      context.log.line('it did not happen; once more under a new key');
      row.attempt += 1;
      await context.log.close();
      await run.write((trx) => intendAnew(trx, run.lease, row.id, row.attempt));
    }
  }
}

/** A host that cannot be looked at leaves it unknown. */
async function lookBack(
  step: Step<HostStepContext>,
  context: HostStepContext,
  error: OutcomeUnknown,
): Promise<Verdict> {
  try {
    return await (step.reconcile?.(context, error) ?? 'not-done');
  } catch (cause) {
    if (isSuperseded(cause) || context.lost.aborted) throw cause;
    context.log.line(`looking was in vain: ${messageOf(cause)}`);
    return 'unknown';
  }
}

function contextOf(
  run: Run,
  row: StepRow,
  log: HostStepContext['log'],
  signal: AbortSignal,
): HostStepContext {
  const { tools, records, shelf, operation, lease, facts, hostFacts } = run;
  const { snapshot, host, ownFacts } = placeIn(run, row);
  const base = {
    tools,
    records,
    shelf,
    operation,
    snapshot,
    lease,
    row,
    log,
    facts,
    signal,
    lost: run.lost,
    hide: (secrets: readonly string[]) => run.hide(secrets),
    allHostFacts: hostFacts,
  };
  return { ...base, host: host!, hostFacts: ownFacts!, process: row.process ?? 0 };
}

/** What a step goes by; one that goes back goes by what was there before this operation. */
function placeIn(run: Run, row: StepRow) {
  const { snapshot } = run.operation;
  const host = snapshot.hosts.find((one) => one.hostId === row.hostId);
  const ownFacts = run.hostFacts.get(row.hostId ?? '');
  if (row.phase !== 'undo' || !ownFacts) return { snapshot, host, ownFacts };
  const past = run.past.get(row.hostId ?? '');
  const before = { ...ownFacts, folder: ownFacts.current };
  if (!past) return { snapshot, host, ownFacts: before };
  return { snapshot: { ...snapshot, project: past.project }, host: past.host, ownFacts: before };
}

/** Journals the failure; the runner ends the operation with it. */
async function stopped(run: Run, context: HostStepContext, error: unknown): Promise<OperationStopped> {
  const { row, log } = context;
  const failure = failureOf(error, { stepKey: row.stepKey, hostId: row.hostId }, run.forms);
  const unknown = error instanceof StepUnknown;
  log.line(`${unknown ? 'UNKNOWN' : 'FAILED'}: ${failure.code} ${JSON.stringify(failure.detail)}`);
  await log.close((chunks) =>
    run.write(async (trx) => {
      await run.append(trx, chunks);
      await conclude(trx, row.id, unknown ? 'unknown' : 'failed', { failure });
    }),
  );
  return new OperationStopped(failure, unknown);
}

/** The step's place in the words of the fault tests: `switch@h1`, `restart@h1#0`. */
function placeOf(run: Run, row: StepRow): string {
  const host = run.operation.snapshot.hosts.find((one) => one.hostId === row.hostId);
  const undo = row.phase === 'undo' ? 'undo:' : '';
  return `${undo}${row.name}${host ? `@${host.name}` : ''}${row.process === null ? '' : `#${row.process}`}`;
}
