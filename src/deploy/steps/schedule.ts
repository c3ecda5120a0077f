import { jobFiles, jobPlace } from '../../runtimes/job-schedule.ts';
import { leaveOtherPlace, writeJob } from '../job-write.ts';
import type { HostStepContext, Step } from '../step.ts';

/** Writes the project's schedule into the crontab or cron.d. Safe to repeat. */
export const schedule: Step<HostStepContext> = {
  async run(context) {
    const { snapshot, host, tools } = context;
    const place = jobPlace(snapshot.project, host);
    const files = jobFiles(snapshot.project, host, tools.vault);
    await leaveOtherPlace(context, place);
    await writeJob(context, place, files);
    return { evidence: { lines: files.lines.length, file: place.file } };
  },
};
