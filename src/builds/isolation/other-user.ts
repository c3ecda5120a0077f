import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CedarError } from '../../errors.ts';
import { runLocal } from '../../shells/local.ts';
import type { Confinement, Isolation, Place } from './confinement.ts';
import { killAll } from './kill-all.ts';
import type { ProjectGroups } from './project-groups.ts';

/** Folders of the data folder through which commands may pass; all else there is the worker's alone. */
const PASSED = ['builds', 'build-home'];
const CLOSED = ['releases', 'mirrors'];

/**
 * Commands run as another unix user, each project with a group of its own: folders of a project can be entered by
 * that group alone, and the kernel shows processes only to who has the same user and group. Nothing that they start
 * gains rights (`no_new_privs`), so that sudo is none.
 */
export class OtherUser implements Isolation {
  readonly kind = 'user';
  readonly strong = true;
  readonly uid: number;
  readonly #dataDir: string;
  readonly #groups: ProjectGroups;
  readonly #setpriv: string;

  /** @param setpriv absolute: the project's PATH must not choose another one */
  constructor(dataDir: string, uid: number, groups: ProjectGroups, setpriv: string) {
    this.#dataDir = dataDir;
    this.uid = uid;
    this.#groups = groups;
    this.#setpriv = setpriv;
  }

  /** To be called once, before the first command. */
  async closeDataFolder(): Promise<void> {
    for (const name of [...PASSED, ...CLOSED]) await mkdir(join(this.#dataDir, name), { recursive: true });
    const items = await readdir(this.#dataDir, { withFileTypes: true });
    const closed = items.filter((item) => !item.isSymbolicLink() && !PASSED.includes(item.name));
    await runProgram(['chmod', 'go-rwx', '--', ...closed.map(({ name }) => join(this.#dataDir, name))]);
    for (const name of ['', ...PASSED]) await chmod(join(this.#dataDir, name), 0o711);
  }

  home(projectKey: string): string {
    return join(this.#dataDir, 'build-home', projectKey, 'home');
  }

  async confine({ projectKey, runDir, workspace, home }: Place): Promise<Confinement> {
    const gid = await this.#groups.of(projectKey);
    const builds = join(this.#dataDir, 'builds', projectKey);
    await mkdir(builds, { recursive: true });
    for (const folder of [builds, runDir]) await forGroup(folder, gid);
    await chmod(dirname(runDir), 0o711);
    await this.#give(workspace, gid);
    if (home === this.home(projectKey)) {
      await mkdir(dirname(home), { recursive: true });
      await forGroup(dirname(home), gid);
      await mkdir(home, { recursive: true, mode: 0o700 });
      await this.#give(home, gid, false);
    }
    return { as: { uid: this.uid, gid }, prefix: [this.#setpriv, '--no-new-privs', '--'] };
  }

  async endLeft(projectKey: string): Promise<void> {
    await killAll(this.uid, await this.#groups.of(projectKey));
  }

  async reclaim(projectKey: string, folder: string): Promise<void> {
    await this.endLeft(projectKey);
    if (!existsSync(folder)) return;
    await runProgram(['chown', '-R', '-h', `--from=${this.uid}`, '0:0', '--', folder]);
  }

  /** What the worker has written becomes the command's; links are never followed. */
  async #give(folder: string, gid: number, deep = true): Promise<void> {
    const how = deep ? ['-R', '-h'] : ['-h'];
    await runProgram(['chown', ...how, '--from=0', `${this.uid}:${gid}`, '--', folder]);
  }
}

/** Others may pass with the group alone, and not look around. */
async function forGroup(folder: string, gid: number): Promise<void> {
  await chown(folder, 0, gid);
  await chmod(folder, 0o710);
}

async function runProgram(argv: string[]): Promise<void> {
  const { code, stderr } = await runLocal(argv, { deadlineMs: 600_000, cwd: '/' });
  if (code !== 0) throw new CedarError('build_start', { tail: stderr }, 500);
}
