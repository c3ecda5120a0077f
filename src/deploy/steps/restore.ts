import { renderForHost } from '../../supervisor/render-for-host.ts';
import { guarded } from '../guarded.ts';
import { programFile } from '../probe.ts';
import type { HostStepContext, Step } from '../step.ts';
import { supervisorLock } from './configure.ts';

/**
 * Puts the supervisor file back that `configure` found; where that is not there any more, the one that belongs to
 * what ran before. Nothing that runs changes before `update`.
 */
export const restore: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, snapshot, operation } = context;
    const { key } = snapshot.project;
    const isOfNow = snapshot.project === operation.snapshot.project;
    await guarded(context, {
      name: 'restore',
      args: [
        programFile(host, key),
        key,
        supervisorLock(context),
        `${tools.guard.folder(host)}/asides`,
        operation.id,
        ...host.settings.supervisorctl,
      ],
      input: isOfNow ? '' : renderForHost(snapshot.project, host, tools.vault),
      timeoutSeconds: 390,
    });
    return { evidence: { file: programFile(host, key) } };
  },
};
