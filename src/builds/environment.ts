import { join } from 'node:path';
import { CedarError } from '../errors.ts';

/**
 * The whole environment of a build: nothing of the worker's own reaches it.
 * @param home absolute; kept from build to build, so that package managers find their caches again.
 * @param extra further variables; they win.
 */
export function cleanBuildEnv(
  home: string,
  extra: Record<string, string>,
  path: string,
): Record<string, string> {
  return {
    HOME: home,
    PATH: path,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    TERM: 'dumb',
    XDG_CACHE_HOME: join(home, '.cache'),
    GIT_TERMINAL_PROMPT: '0',
    ...extra,
  };
}

/**
 * Reads variables as the setting CEDAR_BUILD_ENV holds them: `NAME=value`, separated by spaces.
 * @throws CedarError `build_env` naming the word that is none.
 */
export function buildVariables(text: string): Record<string, string> {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return Object.fromEntries(words.map(variable));
}

function variable(word: string): [string, string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(word) ?? [];
  if (name === undefined || value === undefined) throw new CedarError('build_env', { word }, 500);
  return [name, value];
}
