import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../auth/vault.ts';
import { CedarError } from '../errors.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { readSchedule, type ScheduleLine } from '../model/schedule.ts';
import { quote } from '../shells/ssh/quote.ts';
import { variablesInForce } from '../supervisor/variables.ts';

type Named = Pick<ProjectSnapshot, 'key' | 'settings'>;

/** What cron calls on a host, see there. */
const wrapper = readFileSync(join(import.meta.dirname, '../commands/job-run.sh'), 'utf8');

/**
 * Where a job's schedule is on a host. `file`: in a cron.d folder, run as `user`; empty: in the crontab, by the words
 * in which its block begins and ends.
 */
export type JobPlace = {
  folder: string;
  marker: string;
  logs: string;
  live: string;
  file: string;
  user: string;
};

/** All that is written for a job. `block` is empty where its schedule is. */
export type JobFiles = { wrapper: string; env: string; block: string; lines: ScheduleLine[] };

export function jobPlace({ key, settings: { options } }: Named, { settings }: HostSnapshot): JobPlace {
  const { hostPath, logPath, cronDir } = settings;
  const live = `${hostPath}/${key}`;
  const folder = `${hostPath}/.cedar/${key}/job`;
  const common = { folder, marker: `CedarDeploy ${live}`, logs: `${logPath}/${key}`, live };
  if (options.place !== 'cron-d') return { ...common, file: '', user: '' };
  return { ...common, file: `${cronDir}/${key}`, user: options.cron_user ?? '' };
}

/** The other of the two places, where a schedule of before may be; null where the host has only one. */
export function otherPlace(place: JobPlace, { key }: Named, { settings }: HostSnapshot): JobPlace | null {
  if (place.file !== '') return { ...place, file: '', user: '' };
  return settings.cronDir === '' ? null : { ...place, file: `${settings.cronDir}/${key}`, user: '' };
}

/** The lines of a project's schedule. @throws CedarError `schedule` where the stored text is none. */
export function scheduleOf({ settings }: Pick<ProjectSnapshot, 'settings'>): ScheduleLine[] {
  const read = readSchedule(settings.options.schedule ?? '');
  if ('wrong' in read)
    throw new CedarError('schedule', { line: read.wrong.line, problem: read.wrong.code }, 422);
  return read.lines;
}

/** What a host gets. Commands stay in files of their own: no `%`, quote or newline of theirs ever reaches cron. */
export function jobFiles(project: ProjectSnapshot, host: HostSnapshot, vault: Vault): JobFiles {
  const lines = scheduleOf(project);
  return {
    wrapper,
    env: environment(project, host, vault),
    block: blockOf(lines, jobPlace(project, host)),
    lines,
  };
}

function environment(project: ProjectSnapshot, host: HostSnapshot, vault: Vault): string {
  const { live, logs } = jobPlace(project, host);
  const own = variablesInForce(project.env, host.env).map(
    ({ name, value }) => `export ${name}=${quote([vault.open(value)])}\n`,
  );
  return `cedar_live=${quote([live])}\ncedar_logs=${quote([logs])}\n${own.join('')}`;
}

function blockOf(lines: ScheduleLine[], { folder, marker, user }: JobPlace): string {
  if (lines.length === 0) return '';
  const column = user === '' ? '' : `${user} `;
  const program = quote(['/bin/sh', `${folder}/run`]).replaceAll('%', '\\%');
  const rows = lines.flatMap(({ id, when, command }) => [
    `# ${id}: ${command.slice(0, 200)}`,
    `${when} ${column}${program} ${id}`,
  ]);
  return `${[`# BEGIN ${marker}`, '# Written by each deploy of the project: do not edit it here.', ...rows, `# END ${marker}`].join('\n')}\n`;
}
