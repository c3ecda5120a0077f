import type { ProcessInfo, SupervisorState } from '../model/process.ts';

const LINE = /^(\S+)\s+(STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)(?:\s+(.*))?$/;
const RUNNING = /^pid (\d+), uptime (?:(\d+) days?, )?(\d+):(\d\d):(\d\d)$/;

/** What `supervisorctl status` does not tell. */
const NOT_TOLD = -1;

/**
 * The processes that `supervisorctl status` lists, or null where the text is none of its lists. An exit status is
 * always -1, because it is not told.
 * @param now the host's clock, epoch seconds.
 */
export function readStatus(text: string, now: number): ProcessInfo[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const processes = lines.map((line) => readLine(line.trimEnd(), now));
  return processes.every((process) => process !== null) ? processes : null;
}

function readLine(line: string, now: number): ProcessInfo | null {
  const [matched, fullName = '', state, rest = ''] = LINE.exec(line) ?? [];
  if (matched === undefined) return null;
  const [group = '', name = group] = fullName.split(':');
  const running = RUNNING.exec(rest);
  return {
    group,
    name,
    state: state as SupervisorState,
    pid: Number(running?.[1] ?? 0),
    start: running ? now - seconds(running) : 0,
    stop: 0,
    now,
    exitStatus: NOT_TOLD,
    spawnError: state === 'FATAL' || state === 'BACKOFF' ? rest : '',
  };
}

function seconds([, , days = '0', hours, minutes, rest]: RegExpExecArray): number {
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}
