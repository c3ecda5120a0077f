import { lookAtJobs } from '../runtimes/job-look.ts';
import { jobPlace, scheduleOf } from '../runtimes/job-schedule.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { StepFailed } from './failure.ts';
import type { HostStepContext } from './step.ts';

/** The schedule must be one, and the crontab readable, before anything is changed. @throws StepFailed, CedarError */
export async function jobFits({
  tools,
  snapshot,
  host,
  log,
}: HostStepContext): Promise<Record<never, never>> {
  const lines = scheduleOf(snapshot.project);
  const place = jobPlace(snapshot.project, host);
  const [seen] = await lookAtJobs(tools.pool, targetOf(host), host.settings.crontab, [place]);
  if (seen?.marked === null || seen === undefined) throw new StepFailed('no_crontab', { host: host.name });
  log.line(`${lines.length} lines of schedule; the crontab has ${seen.marked ? 'its' : 'no'} block`);
  return {};
}
