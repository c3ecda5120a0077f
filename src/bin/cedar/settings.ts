import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { CommandFailed } from './exit.ts';

export type CliSettings = { url: string; token: string; ca: string | null };

const names = ['CEDAR_URL', 'CEDAR_TOKEN', 'CEDAR_CA'] as const;

/**
 * Where the console is and which token counts: from the environment, else from the file (`NAME=value` lines), which
 * nobody else may read.
 * @throws CommandFailed `usage` where something is missing, wrong, or readable by others
 */
export function readSettings(env: NodeJS.ProcessEnv, warn: (text: string) => void): CliSettings {
  const file = fileOf(env);
  const known = { ...readFile(file, env.CEDAR_CONFIG !== undefined), ...given(env) };
  const url = (known.CEDAR_URL ?? '').replace(/(?<!\/)\/+$/, '');
  const token = known.CEDAR_TOKEN ?? '';
  if (url === '') throw new CommandFailed('usage', `Set CEDAR_URL, in the environment or in ${file}.`);
  if (token === '') throw new CommandFailed('usage', `Set CEDAR_TOKEN, in the environment or in ${file}.`);
  if (!/^cdr_[\w-]+$/.test(token))
    throw new CommandFailed('usage', 'CEDAR_TOKEN is no token: it begins with cdr_.');
  checkUrl(url, warn);
  return { url, token, ca: known.CEDAR_CA ? readCa(known.CEDAR_CA) : null };
}

function fileOf(env: NodeJS.ProcessEnv): string {
  const folder = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return env.CEDAR_CONFIG || join(folder, 'cedar', 'config');
}

function given(env: NodeJS.ProcessEnv): Partial<Record<(typeof names)[number], string>> {
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function readFile(file: string, named: boolean): Record<string, string | undefined> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found && named) throw new CommandFailed('usage', `There is no file ${file} (CEDAR_CONFIG).`);
  if (!found) return {};
  if ((found.mode & 0o077) !== 0)
    throw new CommandFailed('usage', `${file} may be read by others. Run: chmod 600 ${file}`);
  const read = parseEnv(readFileSync(file, 'utf8'));
  const stranger = Object.keys(read).find((name) => !names.some((known) => known === name));
  if (stranger) throw new CommandFailed('usage', `${file} has ${stranger}, which means nothing here.`);
  return read as Record<string, string | undefined>;
}

function checkUrl(text: string, warn: (text: string) => void): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search)
    throw new CommandFailed('usage', 'CEDAR_URL must be the http(s) address of the console.');
  if (url.protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname))
    warn('CEDAR_URL is plain http: the token can be read on its way.');
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CommandFailed('usage', `CEDAR_CA: ${path} cannot be read.`, null, { cause });
  }
}
