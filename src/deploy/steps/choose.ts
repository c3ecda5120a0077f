import { StepFailed } from '../failure.ts';
import type { Step } from '../step.ts';

/** Makes sure that the release to go back to is there, before any host is asked. */
export const choose: Step = {
  async run({ records, operation, snapshot, log, shelf }) {
    const release = operation.releaseId ? await records.release(operation.releaseId) : null;
    if (!release || release.projectId !== snapshot.project.id || release.state !== 'kept') {
      throw new StepFailed('release_gone', { release: operation.releaseId ?? '' });
    }
    const { hooks } = operation.kind === 'rollback' ? snapshot.project.settings : {};
    const whole = await shelf.isWhole(release);
    log.line(`release ${release.name} of commit ${release.commit.slice(0, 12)}: ${release.subject}`);
    if (!whole) log.line('its tree is not on this machine any more: only hosts that hold it can run it');
    if (!whole && (hooks?.['before-switch'] || hooks?.['after-switch']))
      throw new StepFailed('hook_no_release', { release: release.name });
    return {
      evidence: { releaseId: release.id, commit: release.commit },
      facts: {
        commit: release.commit,
        subject: release.subject,
        releaseId: release.id,
        releaseName: release.name,
      },
    };
  },
};
