import { lookAtJobs } from '../runtimes/job-look.ts';
import { type JobFiles, type JobPlace, otherPlace } from '../runtimes/job-schedule.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { StepFailed } from './failure.ts';
import { guarded } from './guarded.ts';
import type { HostStepContext } from './step.ts';

const nothing: JobFiles = { wrapper: '', env: '', block: '', lines: [] };

/** Writes a schedule into its place; an empty one is taken out. */
export async function writeJob(
  context: HostStepContext,
  place: JobPlace,
  files: JobFiles = nothing,
): Promise<void> {
  const { settings } = context.host;
  const texts = [files.wrapper, files.env, files.block, ...files.lines.map(({ command }) => `${command}\n`)];
  const parts = texts.map((text) => Buffer.from(text));
  const [run, env, block, ...commands] = parts.map((part) => String(part.length)) as [string, string, string];
  const pairs = files.lines.flatMap(({ id }, index) => [id, (commands as string[])[index]!]);
  const counted = [run, env, block, String(files.lines.length), ...pairs];
  const input = Buffer.concat(parts);
  if (place.file === '') {
    const args = [place.folder, place.marker, place.logs, ...counted, ...settings.crontab];
    await guarded(context, { name: 'schedule', args, input });
  } else if (settings.cronDir === '') {
    throw new StepFailed('cron_d_off', { host: context.host.name });
  } else {
    const args = [place.folder, place.file, place.user, place.logs, ...counted, ...settings.cronSudo];
    await guarded(context, { name: 'cron-d', args, input });
  }
}

/** Takes out what an earlier setting of the project has left in the other place. */
export async function leaveOtherPlace(context: HostStepContext, place: JobPlace): Promise<void> {
  const { tools, host, snapshot, log } = context;
  const other = otherPlace(place, snapshot.project, host);
  if (other === null) return;
  const [seen] = await lookAtJobs(tools.pool, targetOf(host), host.settings.crontab, [other]);
  if (seen?.marked !== true) return;
  log.line(`its schedule leaves ${other.file || 'the crontab'}`);
  await writeJob(context, other);
}
