import { OutboundError } from '../../shells/outbound/outbound-error.ts';
import { type Enrolment, enrolmentOf } from '../enrolment.ts';
import { StepFailed } from '../failure.ts';
import { problemOf } from '../problem-of.ts';
import { isServing } from '../serving.ts';
import type { HostStepContext, Outcome, Step } from '../step.ts';
import { isSuperseded } from '../superseded.ts';

/**
 * Takes the process out of its service registry; the ledger remembers it from before the call on. What cannot be
 * taken out is not restarted: it is put in again, and the operation stops.
 */
export const deregister: Step<HostStepContext> = {
  async run(context) {
    const { records, host, process, log, operation } = context;
    const enrolment = await enrolmentOf(context);
    const { registry } = enrolment;
    if (!registry.counts) {
      log.line('no registry');
      return { evidence: { registry: registry.name } };
    }
    const place = { hostId: host.hostId, process };
    const before = await records.trafficOf(place);
    const wasIn = before === null || before.observed === 'in' || before.operationId === operation.id;
    if (wasIn) await records.traffic(place, 'out', 'unknown');
    try {
      await enrolment.takeOut(1);
    } catch (error) {
      if (isSuperseded(error) || context.lost.aborted) throw error;
      const untouched = nothingSaid(error) && (before === null || before.observed === 'in');
      return await notOut(context, enrolment, error, untouched ? 'untouched' : wasIn ? 'was in' : 'was out');
    }
    await records.traffic(place, 'out', 'out');
    log.line(`out of ${registry.name}`);
    return { evidence: { registry: registry.name } };
  },
};

async function notOut(
  context: HostStepContext,
  enrolment: Enrolment,
  error: unknown,
  earlier: 'untouched' | 'was in' | 'was out',
): Promise<Outcome> {
  const { records, host, process, snapshot, log } = context;
  const place = { hostId: host.hostId, process };
  const problem = problemOf(error);
  log.line(`it could not be taken out of ${enrolment.registry.name}: ${problem}`);
  const evidence = { registry: enrolment.registry.name, problem };
  if (!(await isServing(context))) {
    log.line('it does not run, so it gets no traffic');
    await records.traffic(place, 'out', 'out');
    return { evidence };
  }
  if (!snapshot.project.settings.registry.required) {
    log.line('this registry need not succeed: going on');
    return { evidence };
  }
  if (earlier === 'untouched') await records.traffic(place, 'in', 'in');
  if (earlier === 'was in') await backIn(context);
  const detail = { host: host.name, registry: enrolment.registry.name, problem };
  throw new StepFailed('deregister_failed', detail, { tail: log.tail(), cause: error });
}

/** Nobody listened, or nobody may be called there: the registry never heard of it. */
function nothingSaid(error: unknown): boolean {
  return error instanceof OutboundError && (error.problem === 'refused' || error.problem === 'forbidden');
}

/** It has not been restarted, so it belongs into traffic; where that cannot be told it stays red. */
async function backIn(context: HostStepContext): Promise<void> {
  const { records, host, process, log } = context;
  const place = { hostId: host.hostId, process };
  await records.traffic(place, 'in', 'unknown');
  // Anew: what was kept about it is known since the call that failed.
  const enrolment = await enrolmentOf(context);
  try {
    await enrolment.putIn(1);
  } catch (error) {
    if (isSuperseded(error) || context.lost.aborted) throw error;
    log.line(`whether it is in cannot be told: ${problemOf(error)}`);
    return;
  }
  await records.traffic(place, 'in', 'in');
  log.line(`it runs on, in ${enrolment.registry.name}`);
}
