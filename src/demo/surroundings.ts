import { settings } from '../config-schema.ts';
import { plainPath } from './fleet/program-path.ts';
import type { DemoOptions } from './options.ts';

/**
 * The environment of the demo's own processes: every setting is named, so that neither a `.env` file nor the
 * terminal's variables of one's own installation reach it.
 */
export function surroundings(dataDir: string, port: number, options: DemoOptions): NodeJS.ProcessEnv {
  const unset = Object.fromEntries(Object.values(settings).map(({ name }) => [name, '']));
  return {
    ...unset,
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LANG: 'C.UTF-8',
    CEDAR_DATA_DIR: dataDir,
    CEDAR_PORT: String(port),
    CEDAR_LANGUAGE: options.language ?? 'auto',
    CEDAR_ALLOW_LOOPBACK_HOSTS: 'true',
    CEDAR_BUILD_PATH: plainPath,
    CEDAR_SWEEP_SECONDS: '5',
    CEDAR_DRAIN_SECONDS: '10',
  };
}
