import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { nameOf, ownProcess } from '../host-processes.ts';
import { startedSince } from '../look-back.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Restarts one process, at most once. Whether it came up is the next step's question. */
export const restart: Step<HostStepContext> = {
  async run(context) {
    const name = nameOf(context);
    const { at, out } = await guarded(context, {
      name: 'control',
      args: ['restart', name, ...context.host.settings.supervisorctl],
      timeoutSeconds: timeoutOf(context),
    });
    if (out.includes('no such process') && (await ownProcess(context)) === null) {
      throw new StepFailed('not_loaded', { host: context.host.name, name }, { tail: out });
    }
    return {
      evidence: { at, name },
      hostFacts: { restartedAt: { ...context.hostFacts.restartedAt, [context.process]: at } },
    };
  },
  reconcile(context, { at }) {
    return startedSince(context, at, [nameOf(context)], timeoutOf(context));
  },
};

export function timeoutOf({ snapshot }: HostStepContext): number {
  const { startSeconds, stopSeconds } = snapshot.project.settings;
  return startSeconds + stopSeconds + 30;
}
