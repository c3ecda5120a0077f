import { jobPlace } from '../../runtimes/job-schedule.ts';
import { guarded } from '../guarded.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Takes the project's block out of the crontab; what runs just now comes to its end. Safe to repeat. */
export const unschedule: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host } = context;
    const { folder, marker, logs } = jobPlace(snapshot.project, host);
    const args = [folder, marker, logs, '0', '0', '0', '0', ...host.settings.crontab];
    await guarded(context, { name: 'schedule', args });
    return { evidence: { marker } };
  },
};
