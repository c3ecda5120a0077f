import { createHash } from 'node:crypto';

/** One line of a job's schedule. `id` names its command and its last run on every host. */
export type ScheduleLine = { id: string; when: string; command: string };

/** What is wrong with a schedule: a code of `field.<code>`, and the line, counted from 1. */
export type ScheduleProblem = { code: string; line: number };

const WORDS = new Set([
  '@hourly',
  '@daily',
  '@midnight',
  '@weekly',
  '@monthly',
  '@yearly',
  '@annually',
  '@reboot',
]);

/** The five fields of crontab(5): lowest and highest value, and the names that may stand alone. */
const FIELDS: { low: number; high: number; names: string[] }[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { low: 0, high: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
];
const MOST_LINES = 50;
const LONGEST_COMMAND = 2000;

/** Reads a schedule: a line each, five fields or a word such as `@daily`, then the command. No column for a user. */
export function readSchedule(text: string): { lines: ScheduleLine[] } | { wrong: ScheduleProblem } {
  const lines: ScheduleLine[] = [];
  for (const [index, typed] of text.split('\n').entries()) {
    const row = typed.trim();
    if (row === '') continue;
    const read = readLine(row);
    const code = typeof read === 'string' ? read : null;
    if (typeof read === 'string') return { wrong: { code: code!, line: index + 1 } };
    if (lines.some(({ id }) => id === read.id)) return { wrong: { code: 'schedule_twice', line: index + 1 } };
    lines.push(read);
  }
  return lines.length > MOST_LINES ? { wrong: { code: 'schedule_many', line: MOST_LINES + 1 } } : { lines };
}

/** The line, or the code of what is wrong with it. */
function readLine(row: string): ScheduleLine | string {
  if (/[\x00-\x08\x0a-\x1f\x7f\u0085\u2028\u2029]/.test(row)) return 'schedule_control';
  const word = /^(@\S+)\s+(.+)$/.exec(row);
  const five = /^((?:[^\s@#]\S*\s+){5})(.+)$/.exec(row);
  const when = (word?.[1] ?? five?.[1] ?? '').trim().split(/\s+/).join(' ');
  const command = (word ?? five)?.[2];
  if (!command) return 'schedule_shape';
  if (word ? !WORDS.has(when) : !when.split(' ').every(isField)) return 'schedule_when';
  if (command.length > LONGEST_COMMAND) return 'schedule_long';
  if (/^root\s/.test(command)) return 'schedule_user';
  return { id: idOf(when, command), when, command };
}

function idOf(when: string, command: string): string {
  return createHash('sha256').update(`${when}\n${command}`).digest('hex').slice(0, 12);
}

function isField(text: string, index: number): boolean {
  const { low, high, names } = FIELDS[index]!;
  if (names.includes(text.toLowerCase())) return true;
  return text.split(',').every((part) => {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return false;
    const [, first, last, every] = match;
    if (every !== undefined && (Number(every) < 1 || (first !== undefined && last === undefined)))
      return false;
    const [from, to] = [Number(first ?? low), Number(last ?? first ?? high)];
    return from >= low && to <= high && from <= to;
  });
}
