import { lookAtJobs } from '../../runtimes/job-look.ts';
import { jobPlace, scheduleOf } from '../../runtimes/job-schedule.ts';
import { targetOf } from '../../shells/ssh/target.ts';
import { StepFailed } from '../failure.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Sees that the project's block is in the crontab, where its schedule has lines. */
export const scheduled: Step<HostStepContext> = {
  async run({ tools, snapshot, host, log }) {
    const lines = scheduleOf(snapshot.project).length;
    const place = jobPlace(snapshot.project, host);
    const [seen] = await lookAtJobs(tools.pool, targetOf(host), host.settings.crontab, [place]);
    if (seen?.marked !== lines > 0) throw new StepFailed('not_scheduled', { host: host.name });
    log.line(`${lines} lines in the crontab`);
    return { evidence: { lines } };
  },
};
