import { renderForHost } from '../../supervisor/render-for-host.ts';
import { guarded } from '../guarded.ts';
import { programFile } from '../probe.ts';
import type { HostStepContext, Step } from '../step.ts';

/**
 * Writes the project's supervisor file; one that supervisor refuses is taken back at once. Nothing that runs changes
 * before `update`, so this comes first: a refusal leaves the host as it was.
 */
export const configure: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, snapshot } = context;
    const { key } = snapshot.project;
    await guarded(context, {
      name: 'configure',
      args: [
        programFile(host, key),
        key,
        supervisorLock(context),
        `${tools.guard.folder(host)}/asides`,
        `${host.settings.logPath}/${key}`,
        context.operation.id,
        ...host.settings.supervisorctl,
      ],
      input: renderForHost(snapshot.project, host, tools.vault),
      timeoutSeconds: 390,
    });
    return { evidence: { file: programFile(host, key) } };
  },
};

/** Held while any project's configuration changes on this host. */
export function supervisorLock({ host }: HostStepContext): string {
  return `${host.settings.hostPath}/.cedar/supervisor.lock`;
}
