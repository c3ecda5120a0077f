/** Set for every git that we run: nothing of a repository or of the machine may start a program or ask. */
const SAFE = [
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.fsmonitor=false',
  'core.askPass=',
  'credential.helper=',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'transfer.credentialsInUrl=die',
  'gc.autoDetach=false',
  'checkout.workers=0',
];

/**
 * The whole environment of every git that we run, but for PATH: no configuration of the machine or of a person,
 * no prompt, no replaced objects, only these protocols (git(1), "Environment Variables").
 */
export function gitEnvironment(allowInsecure: boolean): Record<string, string> {
  return {
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: allowInsecure ? 'https:ssh:http:file' : 'https:ssh',
  };
}

export function initMirror(mirror: string): string[] {
  return ['git', ...options(SAFE), 'init', '--quiet', '--bare', '--template=', '--', mirror];
}

/** Brings all branches and tags, forced ones too, and forgets those that are gone. */
export function fetchMirror(mirror: string, url: string, slowSeconds: number): string[] {
  const slow = ['http.lowSpeedLimit=1000', `http.lowSpeedTime=${slowSeconds}`];
  const flags = ['--prune', '--no-tags', '--force', '--no-write-fetch-head', '--no-recurse-submodules'];
  const specs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  return [...gitAt(mirror, slow), 'fetch', '--progress', ...flags, '--', url, ...specs];
}

/** Exits with 1 or 128 where the mirror does not hold this commit. */
export function holdsCommit(mirror: string, commit: string): string[] {
  return [...gitAt(mirror), 'cat-file', '-e', `${commit}^{commit}`];
}

/**
 * Writes a commit's files to an empty folder, with modes 644 and 755 whatever our own umask; the index is named
 * by GIT_INDEX_FILE. Neither hooks nor filters nor submodules have a part in it.
 */
export function writeTree(mirror: string, commit: string, dir: string): string[] {
  const git = [...gitAt(mirror, ['core.bare=false']), `--work-tree=${dir}`];
  return ['sh', '-c', 'umask 022; exec "$@"', 'sh', ...git, 'read-tree', '-u', '--reset', commit];
}

/** The one command that a git server may be asked to run for a fetch, as git puts it (connect.c). */
export function uploadPack(path: string): string {
  return `git-upload-pack '${path}'`;
}

function gitAt(mirror: string, more: string[] = []): string[] {
  return ['git', ...options([...SAFE, ...more]), `--git-dir=${mirror}`];
}

function options(settings: string[]): string[] {
  return settings.flatMap((setting) => ['-c', setting]);
}
