import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { nameOf, ownProcess } from '../host-processes.ts';
import type { HostStepContext, Step } from '../step.ts';
import { timeoutOf } from './restart.ts';

const DOWN = new Set(['STOPPED', 'EXITED', 'FATAL']);

/** Stops one process and sees that it is down. */
export const stop: Step<HostStepContext> = {
  async run(context) {
    const name = nameOf(context);
    const args = ['stop', name, ...context.host.settings.supervisorctl];
    const { out } = await guarded(context, { name: 'control', args, timeoutSeconds: timeoutOf(context) });
    const found = await ownProcess(context);
    if (found && !DOWN.has(found.state)) {
      throw new StepFailed('still_up', { host: context.host.name, name, state: found.state }, { tail: out });
    }
    return { evidence: { name, state: found?.state ?? 'not loaded' } };
  },
};
