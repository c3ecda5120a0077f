import { jobPlace } from '../../runtimes/job-schedule.ts';
import { leaveOtherPlace, writeJob } from '../job-write.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Takes the project's schedule out, wherever it is; what runs just now comes to its end. Safe to repeat. */
export const unschedule: Step<HostStepContext> = {
  async run(context) {
    const place = jobPlace(context.snapshot.project, context.host);
    await leaveOtherPlace(context, place);
    await writeJob(context, place);
    return { evidence: { marker: place.marker } };
  },
};
