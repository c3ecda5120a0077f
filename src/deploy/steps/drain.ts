import { setTimeout as pause } from 'node:timers/promises';
import type { HostStepContext, Step } from '../step.ts';

/** How often the log says how long it still takes. */
const TELL_MS = 5000;

/**
 * Lets traffic run out of a process that was taken out. Counted from when its registry confirmed that, by the
 * ledger: a successor waits for the rest alone, and nobody waits for what has been out for long.
 */
export const drain: Step<HostStepContext> = {
  async run({ records, host, process, snapshot, log, lost }) {
    const { drainSeconds } = snapshot.project.settings.registry;
    const passed = await records.outFor({ hostId: host.hostId, process });
    if (passed === null) {
      log.line('it was not taken out: nothing to wait for');
      return { state: 'skipped', evidence: { reason: 'not out' } };
    }
    const end = performance.now() + drainSeconds * 1000 - passed;
    for (let left = end - performance.now(); left > 0; left = end - performance.now()) {
      log.line(`traffic drains: ${Math.ceil(left / 1000)} of ${drainSeconds} s left`);
      await pause(Math.min(left, TELL_MS), undefined, { signal: lost });
    }
    log.line(`drained for ${drainSeconds} s`);
    return { evidence: { seconds: drainSeconds, before: Math.round(passed / 1000) } };
  },
};
