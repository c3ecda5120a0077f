import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { settings } from './config-schema.ts';
import type { Setting } from './config-setting.ts';

type Schemas = { -readonly [Key in keyof typeof settings]: (typeof settings)[Key]['schema'] };
/** All settings, validated; times in seconds unless the name says otherwise. `dataDir` is absolute. */
export type Config = { [Key in keyof Schemas]: z.output<Schemas[Key]> };

/** Thrown when a setting is wrong; the message names each one with the remedy. */
export class BadSettings extends Error {}

/**
 * Reads every setting from an environment.
 * @throws BadSettings naming each wrong variable.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const wrong: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const read = setting.schema.safeParse(env[setting.name] || undefined);
    if (read.success) values[key] = read.data;
    else wrong.push(`${setting.name}: ${read.error.issues.map((issue) => issue.message).join('; ')}`);
  }
  if (wrong.length > 0)
    throw new BadSettings(`Wrong settings (see docs/settings.md):\n  ${wrong.join('\n  ')}`);
  const config = values as Config;
  config.dataDir = resolve(config.dataDir);
  checkLeases(config);
  return config;
}

function checkLeases(config: Config): void {
  const { leaseRenewSeconds: renew, leaseStopSeconds: stop, leaseSeconds: lease } = config;
  if (renew < stop && stop < lease) return;
  throw new BadSettings(
    'CEDAR_LEASE_RENEW_SECONDS < CEDAR_LEASE_STOP_SECONDS < CEDAR_LEASE_SECONDS must hold.',
  );
}

/**
 * Loads `.env` of the working directory, where there is one; the environment wins over it.
 * @throws BadSettings where it holds secrets and others may read it (S72).
 */
export function loadEnvFile(): void {
  refuseOpenFile('.env');
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** What the settings call secret, addresses with passwords in them, and a program's token. */
const secretNames = [
  ...Object.values<Setting>(settings).flatMap(({ name, secret }) => (secret ? [name] : [])),
  ...['DATABASE_URL', 'CEDAR_IMPORT_FROM', 'CEDAR_TOKEN'],
];
const SECRET_LINE = new RegExp(`^[ \\t]*(export[ \\t]+)?(${secretNames.join('|')})\\s*=\\s*\\S`, 'm');

function refuseOpenFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || (found.mode & 0o077) === 0 || !SECRET_LINE.test(readFileSync(path, 'utf8'))) return;
  throw new BadSettings(`${resolve(path)} holds secrets and may be read by others. Run: chmod 600 ${path}`);
}
