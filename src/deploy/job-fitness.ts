import type { HostSnapshot } from '../model/operation.ts';
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
  operation,
}: HostStepContext): Promise<Record<never, never>> {
  const lines = scheduleOf(snapshot.project);
  const place = jobPlace(snapshot.project, host);
  if (place.file !== '' && operation.kind !== 'stop') refuseForbidden(host, place.user);
  const [seen] = await lookAtJobs(tools.pool, targetOf(host), host.settings.crontab, [place]);
  if (seen?.marked === null || seen === undefined) throw new StepFailed('no_crontab', { host: host.name });
  log.line(`${lines.length} lines of schedule; the crontab has ${seen.marked ? 'its' : 'no'} block`);
  return {};
}

/** S49: the user of a job is never taken from a text; the host says who it may be. */
function refuseForbidden({ name, settings }: HostSnapshot, user: string): void {
  if (settings.cronDir === '') throw new StepFailed('cron_d_off', { host: name });
  if (!settings.cronUsers.includes(user)) throw new StepFailed('cron_d_user', { host: name, user });
}
