import { processNames } from '../../supervisor/render-for-host.ts';
import { guarded } from '../guarded.ts';
import { startedSince } from '../look-back.ts';
import type { HostStepContext, Step } from '../step.ts';
import { supervisorLock } from './configure.ts';

/** Makes supervisor take the changed configuration over: this restarts all processes of the project on the host. */
export const update: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot } = context;
    const { at } = await guarded(context, {
      name: 'update',
      args: [snapshot.project.key, supervisorLock(context), ...host.settings.supervisorctl],
      timeoutSeconds: timeoutOf(context),
    });
    const restartedAt = Object.fromEntries(Array.from({ length: host.processes }, (_, index) => [index, at]));
    return { evidence: { at }, hostFacts: { restartedAt } };
  },
  reconcile(context, { at }) {
    const { snapshot, host } = context;
    return startedSince(context, at, processNames(snapshot.project, host), timeoutOf(context));
  },
};

/** Longer than waiting for another project's update, and than stopping and starting every process of this one. */
function timeoutOf({ snapshot, host }: HostStepContext): number {
  const { startSeconds, stopSeconds } = snapshot.project.settings;
  return (startSeconds + stopSeconds) * host.processes + 390;
}
