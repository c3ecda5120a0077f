import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Confinement, Isolation, Place } from './confinement.ts';

/** What programs keep their keys and passwords in, below a home. */
const PRIVATE = ['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.config', '.local/share/keyrings'];
const PRIVATE_FILES = [
  '.netrc',
  '.git-credentials',
  '.npmrc',
  '.pypirc',
  '.my.cnf',
  '.pgpass',
  '.vault-token',
];
/** Sockets of others lie here; names are still resolved. */
const RESOLVER = ['/run/systemd/resolve', '/run/resolvconf', '/run/NetworkManager'];

/**
 * Commands run in a sandbox of bubblewrap: they see the machine's programs, cannot change them, and find neither the
 * data folder, nor the worker's keys, nor other processes.
 */
export class Sandbox implements Isolation {
  readonly kind = 'sandbox';
  readonly strong: boolean;
  readonly #dataDir: string;
  readonly #folders: string[];

  /** @param folders further folders that commands may read and write */
  constructor(dataDir: string, folders: string[], isRoot = process.getuid?.() === 0) {
    this.#dataDir = dataDir;
    this.#folders = folders;
    this.strong = !isRoot;
  }

  home(projectKey: string): string {
    return join(this.#dataDir, 'build-home', projectKey, 'home');
  }

  async confine({ runDir, workspace, home }: Place): Promise<Confinement> {
    await mkdir(home, { recursive: true, mode: 0o700 });
    const script = join(runDir, 'command');
    return {
      prefix: ['bwrap', '--args', '3', '--'],
      words: [
        ...closedIn(),
        ...hidden([this.#dataDir]),
        ...this.#folders.flatMap((folder) => ['--bind-try', folder, folder]),
        ...[workspace, home].flatMap((folder) => ['--bind', folder, folder]),
        ...['--ro-bind', script, script, '--chdir', workspace, '--clearenv'],
      ],
    };
  }

  async endLeft(): Promise<void> {
    await Promise.resolve();
  }

  async reclaim(): Promise<void> {
    await Promise.resolve();
  }
}

/** The machine read-only, with processes, devices and temporary files of its own. */
export function closedIn(): string[] {
  const own = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--cap-drop', 'ALL'];
  const folders = ['/tmp', '/var/tmp', '/run'].filter(existsSync).flatMap((folder) => ['--tmpfs', folder]);
  const names = RESOLVER.flatMap((folder) => ['--ro-bind-try', folder, folder]);
  return [...own, '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', ...folders, ...names];
}

function hidden(folders: string[]): string[] {
  const home = homedir();
  const inHome = PRIVATE.map((name) => join(home, name)).filter(existsSync);
  const files = [...PRIVATE_FILES.map((name) => join(home, name)), resolve('.env')].filter(existsSync);
  return [
    ...[...folders, ...inHome].flatMap((folder) => ['--tmpfs', folder]),
    ...files.flatMap((file) => ['--ro-bind', '/dev/null', file]),
  ];
}
