import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fetchMirror,
  gitEnvironment,
  holdsCommit,
  initMirror,
  uploadPack,
  writeTree,
} from '../commands/git.ts';
import { CedarError } from '../errors.ts';
import type { GitAddress } from '../model/git-address.ts';
import { type LocalOptions, type LocalResult, runLocal } from '../shells/local.ts';
import { cutOff, GitError, gitError } from './git-error.ts';

/** A way to a git server for one fetch; the worker's bridge gives it. */
export type GitGrant = { program: string; env: Record<string, string>; revoke(): void };
export type GitServer = { host: string; port: number; user: string };

export type MirrorTools = {
  gitSeconds: number;
  allowInsecure: boolean;
  /** Further variables of a fetch: proxies, certificates. */
  env?: Record<string, string>;
  /** @param allowed accepts exactly the command that the fetch needs. */
  ssh(server: GitServer, allowed: (command: string) => boolean): Promise<GitGrant>;
};

export type Listening = Pick<LocalOptions, 'onOutput' | 'signal'>;

/** The names of what a killed git leaves behind. */
const STALE = /(?:\.lock|^gc\.pid)$|(?:^|\/)tmp_[a-z]+_/;
const SLOW_SECONDS = 30;

/** A bare copy of one repository. Whoever changes it holds its lock. */
export class Mirror {
  readonly path: string;
  readonly address: GitAddress;
  private readonly tools: MirrorTools;

  constructor(path: string, address: GitAddress, tools: MirrorTools) {
    this.path = path;
    this.address = address;
    this.tools = tools;
  }

  /** Brings it up to date; makes it anew where it is not there or cannot be mended. */
  async fetch(listening: Listening): Promise<void> {
    if (!existsSync(this.path)) return await this.rebuild(listening);
    await this.clearStale();
    try {
      await this.fetchInto(this.path, listening);
    } catch (error) {
      if (!(error instanceof GitError) || error.kind !== 'corrupt') throw error;
      await this.rebuild(listening);
    }
  }

  /** Fetches all of it again beside the old one, and puts that in its place. */
  async rebuild(listening: Listening): Promise<void> {
    const [fresh, old] = [`${this.path}.new`, `${this.path}.old`];
    for (const dir of [fresh, old]) await rm(dir, { recursive: true, force: true });
    await this.run(initMirror(fresh), listening);
    await this.fetchInto(fresh, listening);
    if (existsSync(this.path)) await rename(this.path, old);
    await rename(fresh, this.path);
    await rm(old, { recursive: true, force: true });
  }

  /** Removes it with all that a fetch may have left beside it; false where it was not there. */
  async remove(): Promise<boolean> {
    const was = existsSync(this.path);
    for (const dir of [this.path, `${this.path}.new`, `${this.path}.old`])
      await rm(dir, { recursive: true, force: true });
    return was;
  }

  /** Writes a commit's files to `dir`, which is made anew. */
  async writeTo(dir: string, commit: string, listening: Listening): Promise<void> {
    await this.mustHold(commit, listening);
    const index = `${dir}.index`;
    for (const left of [dir, index, `${index}.lock`]) await rm(left, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    try {
      await this.run(writeTree(this.path, commit, dir), listening, { GIT_INDEX_FILE: index });
    } finally {
      await rm(index, { force: true });
    }
  }

  private async mustHold(commit: string, listening: Listening): Promise<void> {
    try {
      await this.run(holdsCommit(this.path, commit), listening);
    } catch (error) {
      if (!(error instanceof GitError) || !/Not a valid object name|^$/.test(String(error.detail.tail)))
        throw error;
      throw new CedarError('git_commit_gone', { commit, url: this.address.url }, 409, { cause: error });
    }
  }

  private async fetchInto(dir: string, listening: Listening): Promise<void> {
    const { gitSeconds } = this.tools;
    const argv = fetchMirror(dir, this.address.url, Math.ceil(Math.min(SLOW_SECONDS, gitSeconds)));
    if (this.address.kind !== 'ssh') return void (await this.run(argv, listening, this.tools.env));
    const { host, port, user, path } = this.address;
    const grant = await this.tools.ssh({ host, port, user }, (command) => command === uploadPack(path));
    try {
      await this.run(argv, listening, { GIT_SSH_COMMAND: grant.program, ...grant.env });
    } finally {
      grant.revoke();
    }
  }

  /** A git that was killed leaves locks and half packs; as we hold the mirror's lock, nobody else needs them. */
  private async clearStale(): Promise<void> {
    const names = await readdir(this.path, { recursive: true });
    for (const name of names.filter((each) => STALE.test(each)))
      await rm(join(this.path, name), { force: true });
  }

  private async run(
    argv: string[],
    listening: Listening,
    more: Record<string, string> = {},
  ): Promise<LocalResult> {
    const { gitSeconds, allowInsecure } = this.tools;
    const env = { ...gitEnvironment(allowInsecure), ...more };
    const ended = await runLocal(argv, { ...listening, env, cwd: '/', deadlineMs: gitSeconds * 1000 }).catch(
      (error: unknown) => Promise.reject(cutOff(this.address.url, error)),
    );
    if (ended.code !== 0) throw gitError(this.address.url, ended.stderr);
    return ended;
  }
}
