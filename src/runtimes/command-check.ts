import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../auth/vault.ts';
import { CedarError } from '../errors.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { commandsOf, environmentOf, type Instance } from './commands.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/command-check.sh'), 'utf8');

/** What a host shows of a process that commands run. */
export type Checked = {
  /** Of the check command; null without one, or where the project's folder is not there. 124: it took too long. */
  code: number | null;
  /** The project's folder is not there. */
  absent: boolean;
  /** Somebody stopped it by an operation, and nobody started it since. */
  stopped: boolean;
  /** Something runs that the start with the given token began. */
  begun: boolean;
  /** What the check printed, its last 2000 characters. */
  output: string;
};

/**
 * Runs the author's check on the host, which only looks, once.
 * @param options.seconds it may take. @param options.token of a start that is asked for.
 * @throws SshError; CedarError `command_answer` where the answer cannot be read
 */
export async function check(
  { pool, vault }: { pool: SshPool; vault: Vault },
  instance: Instance,
  options: { seconds: number; token?: string; signal?: AbortSignal },
): Promise<Checked> {
  const { project, host, process } = instance;
  const command = commandsOf(project).check;
  const nonce = randomBytes(8).toString('hex');
  const place = [host.settings.hostPath, project.key, String(process)];
  const words = [nonce, ...place, String(options.seconds), options.token ?? '', String(command.length)];
  const { stdout } = await pool.exec(targetOf(host), ['sh', '-c', script, 'cedar', ...words], {
    input: `${environmentOf(instance, vault)}${command}\n`,
    deadlineMs: (options.seconds + 5) * 1000,
    signal: options.signal,
  });
  const [output = '', last = ''] = stdout.split(`\n${nonce} `);
  const [, code, stopped, begun] = /^(\d+|-|absent) (yes|no) (yes|no)\n$/.exec(last) ?? [];
  if (code === undefined) throw new CedarError('command_answer', { host: host.name }, 502);
  return {
    code: /^\d+$/.test(code) ? Number(code) : null,
    absent: code === 'absent',
    stopped: stopped === 'yes',
    begun: begun === 'yes',
    output: output.trimEnd().slice(-2000),
  };
}
