import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { nameOf, ownProcess } from '../host-processes.ts';
import { startedSince } from '../look-back.ts';
import type { HostStepContext, Step } from '../step.ts';
import { timeoutOf } from './restart.ts';

/** Starts one process that is down, at most once; one that runs is left alone. Whether it came up the next step asks. */
export const start: Step<HostStepContext> = {
  async run(context) {
    const name = nameOf(context);
    const found = await ownProcess(context);
    if (!found) throw new StepFailed('not_loaded', { host: context.host.name, name });
    if (found.state === 'RUNNING') {
      context.log.line(`${name} runs already, with pid ${found.pid}`);
      return { evidence: { name, pid: found.pid } };
    }
    const { at } = await guarded(context, {
      name: 'control',
      args: ['start', name, ...context.host.settings.supervisorctl],
      timeoutSeconds: timeoutOf(context),
    });
    return {
      evidence: { at, name },
      hostFacts: { restartedAt: { ...context.hostFacts.restartedAt, [context.process]: at } },
    };
  },
  reconcile(context, { at }) {
    return startedSince(context, at, [nameOf(context)], timeoutOf(context));
  },
};
