import type { OperationState } from '../model/operation.ts';
import { finish } from '../store/journal.ts';
import * as releases from '../store/releases.ts';
import { cancelled } from './cancellation.ts';
import { failureOf } from './failure.ts';
import { OperationStopped } from './operation-stopped.ts';
import type { Run } from './run.ts';

/** The last write: state, failure and the freed lock in one transaction. */
export async function end(run: Run, stop: OperationStopped | null, cancelAsked: boolean): Promise<void> {
  const state = finalState(run, stop, cancelAsked);
  const failure = stop && state === 'cancelled' ? cancelled(run, stop.failure) : (stop?.failure ?? null);
  run.tools.point('end:before');
  await run.log.flush((chunks) =>
    run.write(async (trx) => {
      await run.append(trx, chunks);
      if (state === 'failed' && stop?.failure.hostId) await blame(trx, run, stop);
      await finish(trx, run.lease, state, failure);
    }),
  );
  run.tools.point('end:done');
}

function finalState(run: Run, stop: OperationStopped | null, cancelAsked: boolean): OperationState {
  if (stop === null) return 'succeeded';
  if (stop.unknown) return 'needs-attention';
  return stop.failure.code === 'cancelled' || (cancelAsked && !run.live) ? 'cancelled' : 'failed';
}

/** A release is bad when it did not come up on a host; on a machine that is new it may be the machine's fault. */
async function blame(trx: Run['db'], run: Run, stop: OperationStopped): Promise<void> {
  if (run.operation.kind === 'expansion') return;
  if (!run.facts.releaseId) return;
  const checks = [
    'not_running',
    'flapping',
    'http_check',
    'autotest_failed',
    'port_closed',
    'port_of_other',
    'jvm_not_running',
    'site_check',
  ];
  if (checks.includes(stop.failure.code)) await releases.markBad(trx, run.facts.releaseId);
}

/** Whatever was thrown, as what ends the operation. */
export function stopOf(error: unknown, forms: string[]): OperationStopped {
  if (error instanceof OperationStopped) return error;
  return new OperationStopped(failureOf(error, { stepKey: null, hostId: null }, forms), false);
}
