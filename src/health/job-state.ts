import { type LiveProcess, worstOf } from '../model/live-state.ts';
import type { ProjectSnapshot } from '../model/operation.ts';
import { readSchedule, type ScheduleLine } from '../model/schedule.ts';
import type { JobRun, JobSeen } from '../runtimes/job-look.ts';
import type { SeenRuntime } from './seen-runtime.ts';

/**
 * A job as people see it: out where its block is not in the crontab, and failed where a last run was. Each line of its
 * schedule is told like a process, with the time of its last run.
 * @param now epoch ms by our clock
 */
export function seenJob(
  { key, settings }: ProjectSnapshot,
  { marked, runs }: JobSeen,
  now: number,
): SeenRuntime {
  const read = readSchedule(settings.options.schedule ?? '');
  const lines = 'lines' in read ? read.lines : [];
  const processes = lines.map((line) =>
    stateOfLine(
      key,
      line,
      runs.find(({ id }) => id === line.id),
      now,
    ),
  );
  const none = { since: null, processes };
  if (marked === null) return { ...none, state: 'unknown', message: 'crontab_unread' };
  if (lines.length === 0) return { ...none, state: 'reachable', message: 'job_unscheduled' };
  if (!marked) return { ...none, state: 'stopped', message: 'job_absent' };
  const { state, since, message } = worstOf(processes)!;
  return { state, since, message, processes };
}

function stateOfLine(
  key: string,
  { id, when, command }: ScheduleLine,
  run: JobRun | undefined,
  now: number,
): LiveProcess {
  const name = `${key}:${id} ${when} ${command}`.slice(0, 160);
  const bare = { name, pid: null, since: null };
  if (!run) return { ...bare, state: 'reachable', message: 'job_waiting' };
  /** The host's clock may be off: ages are its own, dates ours. */
  const ours = (seconds: number) => now - Math.max(0, run.now - seconds) * 1000;
  if (run.code === 'lost') return { ...bare, since: ours(run.begin), state: 'failed', message: 'job_lost' };
  if (run.end === null || run.code === null)
    return { ...bare, pid: run.pid, since: ours(run.begin), state: 'running', message: 'job_runs' };
  const since = ours(run.end);
  if (run.code !== 0) return { ...bare, since, state: 'failed', message: `exit status ${run.code}` };
  return { ...bare, since, state: 'reachable', message: 'job_done' };
}
