import { settings } from '../config-schema.ts';
import { plainPath } from './fleet/program-path.ts';
import type { DemoOptions } from './options.ts';

/** Nobody watches a demo for minutes: it looks more often and waits for less than a real installation should. */
const hurried = {
  CEDAR_SWEEP_SECONDS: '5',
  CEDAR_DRAIN_SECONDS: '10',
  CEDAR_PORT_EVERY_SECONDS: '0.5',
  CEDAR_HTTP_EVERY_SECONDS: '0.5',
  CEDAR_HTTP_TRIES: '10',
  CEDAR_STABLE_SECONDS: '2',
};

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
    ...hurried,
  };
}
