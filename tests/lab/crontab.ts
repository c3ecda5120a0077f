import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll } from 'vitest';

/**
 * The real crontab of a user that the tests may have: nobody's for root, else the own one. It is emptied, and put
 * back when the file's tests are over.
 */
export const crontabCommand = process.getuid?.() === 0 ? ['crontab', '-u', 'nobody'] : ['crontab'];

const plain = { PATH: process.env.PATH, LC_ALL: 'C' };
const before = crontabNow();

/** The whole crontab; empty where there is none. */
export function crontabNow(): string {
  const [program = '', ...args] = crontabCommand;
  const { status, stdout, stderr } = spawnSync(program, [...args, '-l'], { encoding: 'latin1', env: plain });
  if (status !== 0 && !stderr.includes('no crontab for')) throw new Error(stderr);
  return status === 0 ? stdout : '';
}

/** Replaces the whole crontab; `text` in latin1, so that any byte can be said. */
export function setCrontab(text: string): void {
  const [program = '', ...args] = crontabCommand;
  const input = Buffer.from(text, 'latin1');
  if (text === '') spawnSync(program, [...args, '-r'], { stdio: 'ignore' });
  else execFileSync(program, [...args, '-'], { input });
}

setCrontab('');
afterAll(() => setCrontab(before));

/**
 * Runs a line as Debian's cron does (cron 3.0pl1, entry.c and do_command.c): the command ends at the first `%` that
 * no backslash stands before, what follows is its input with `%` as line ends, and `/bin/sh -c` gets the rest.
 */
export function runAsCron(line: string, home: string): { code: number | null; output: string } {
  const command = /^(?:@\w+|(?:\S+\s+){4}\S+)\s+(.*)$/.exec(line)?.[1] ?? '';
  const [text, input] = commandAndInput(command);
  const env = { HOME: home, LOGNAME: 'nobody', SHELL: '/bin/sh', PATH: '/usr/bin:/bin' };
  const run = spawnSync('/bin/sh', ['-c', text], {
    cwd: home,
    env,
    input,
    encoding: 'utf8',
  });
  return { code: run.status, output: run.stdout + run.stderr };
}

function commandAndInput(command: string): [text: string, input: string] {
  const parts = [''];
  let escaped = false;
  for (const char of command) {
    const last = parts.length - 1;
    if (char === '%' && escaped) parts[last] = `${parts[last]!.slice(0, -1)}%`;
    else if (char === '%') parts.push('');
    else parts[last] += char;
    escaped = char === '\\' && !escaped;
  }
  const [text = '', ...input] = parts;
  return [text, input.join('\n')];
}
