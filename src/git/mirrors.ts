import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type Between,
  type ChangedFile,
  diffBetween,
  logBetween,
  parseDiff,
  parseLog,
  patchBetween,
} from '../commands/git-log.ts';
import { findCommit, findRef, listRefs, parseRefs, type Refs } from '../commands/git-refs.ts';
import { CedarError } from '../errors.ts';
import { type GitAddressRules, parseGitUrl } from '../model/git-address.ts';
import { checkedCommit, checkedRef } from '../model/git-ref.ts';
import { GitError } from './git-error.ts';
import { type Listening, Mirror, type MirrorTools } from './mirror.ts';
import { withLock } from './mirror-lock.ts';
import { askMirror } from './reading.ts';

export type { Between, ChangedFile, Commit } from '../commands/git-log.ts';
export type { Ref, Refs } from '../commands/git-refs.ts';
export type { GitGrant, GitServer } from './mirror.ts';

export type MirrorsOptions = MirrorTools & Omit<GitAddressRules, 'allowInsecure'> & { dir: string };

/** What a ref stands for. `committedAt` in epoch milliseconds. */
export type Resolved = {
  commit: string;
  kind: 'branch' | 'tag' | 'commit';
  subject: string;
  author: string;
  committedAt: number;
};

/**
 * The deploy machine's copies of all repositories, `<dir>/<hash of the address>.git`. One lock per copy, between
 * processes too. What a killed git left is cleared, and a copy that cannot be read is fetched anew, by itself.
 * Everything throws GitError where git fails, and CedarError `git_url`, `git_ref`, `git_commit` for bad input.
 */
export class Mirrors {
  private readonly options: MirrorsOptions;

  /** @param options loopback servers are accepted unless told: addresses are judged where they are entered. */
  constructor(options: MirrorsOptions) {
    this.options = { allowLoopback: true, ...options, dir: resolve(options.dir) };
  }

  /** Brings the copy up to date. */
  async fetch(url: string, listening: Listening = {}): Promise<void> {
    const mirror = this.mirror(url);
    await this.locked(mirror, 'exclusive', () => mirror.fetch(listening));
  }

  /** Removes the copy, so that the next fetch makes it anew. False where there was none. */
  async remove(url: string): Promise<boolean> {
    const mirror = this.mirror(url);
    return await this.locked(mirror, 'exclusive', () => mirror.remove());
  }

  /** Branches and tags, as of the last fetch, the newest first. */
  async refs(url: string): Promise<Refs> {
    return parseRefs(await this.ask(url, listRefs()));
  }

  /**
   * What a branch, else a tag, else a commit of this name (7 digits or more) stands for, as of the last fetch.
   * @throws CedarError `git_ref_gone` (409) where there is none.
   */
  async resolve(url: string, ref: string): Promise<Resolved> {
    const { branches, tags } = parseRefs(await this.ask(url, findRef(checkedRef(ref))));
    const branch = branches.find(({ name }) => name === ref);
    const found = branch ?? tags.find(({ name }) => name === ref);
    const kind = branch ? 'branch' : found ? 'tag' : 'commit';
    const commit = found?.commit ?? (await this.commitNamed(url, ref));
    const [last] = parseLog(await this.ask(url, logBetween(null, commit, 1)));
    if (!last) throw gone(url, ref);
    return { commit, kind, subject: last.subject, author: last.author, committedAt: last.at };
  }

  /** At most `limit` commits each way, newest first; all of `to` where `from` is null or no longer known. */
  async commits(url: string, from: string | null, to: string, limit: number): Promise<Between> {
    const start = await this.ifKnown(url, from);
    const between = async (a: string | null, b: string) =>
      parseLog(await this.ask(url, logBetween(a, b, limit)));
    const target = checkedCommit(to);
    return { in: await between(start, target), out: start === null ? [] : await between(target, start) };
  }

  /** The paths that differ; all of `to` where `from` is null or no longer known. */
  async changedFiles(url: string, from: string | null, to: string): Promise<ChangedFile[]> {
    return parseDiff(await this.ask(url, diffBetween(await this.ifKnown(url, from), checkedCommit(to))));
  }

  /** How one path differs, as a unified diff; all of it where `from` is null or no longer known. */
  async patch(url: string, from: string | null, to: string, path: string): Promise<string> {
    return this.ask(url, patchBetween(await this.ifKnown(url, from), checkedCommit(to), path));
  }

  /**
   * Writes a commit's files to `dir`; what stood there is removed first. No `.git`, no hooks, filters or
   * submodules; the same commit gives the same files with the same modes.
   * @throws CedarError `git_commit_gone` (409) where the repository no longer has it.
   */
  async checkout(url: string, commit: string, dir: string, listening: Listening = {}): Promise<void> {
    const mirror = this.mirror(url);
    const write = () => mirror.writeTo(resolve(dir), checkedCommit(commit), listening);
    await this.healing(mirror, () => this.locked(mirror, 'shared', write));
  }

  private async commitNamed(url: string, ref: string): Promise<string> {
    if (!/^[0-9a-f]{7,40}$/.test(ref)) throw gone(url, ref);
    try {
      return checkedCommit((await this.ask(url, findCommit(ref))).trim());
    } catch (error) {
      throw error instanceof GitError && error.kind !== 'failed' ? error : gone(url, ref);
    }
  }

  private async ifKnown(url: string, commit: string | null): Promise<string | null> {
    if (commit === null) return null;
    try {
      return await this.commitNamed(url, checkedCommit(commit));
    } catch (error) {
      if (error instanceof CedarError && error.code === 'git_ref_gone') return null;
      throw error;
    }
  }

  private async ask(url: string, argv: string[]): Promise<string> {
    const mirror = this.mirror(url);
    return await this.healing(mirror, () => askMirror(mirror.path, mirror.address.url, argv));
  }

  /** Does the work; where the copy proves unreadable, fetches it anew and does the work again, once. */
  private async healing<T>(mirror: Mirror, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GitError) || error.kind !== 'corrupt') throw error;
      await this.locked(mirror, 'exclusive', () => mirror.rebuild({}));
      return await work();
    }
  }

  private async locked<T>(mirror: Mirror, mode: 'shared' | 'exclusive', work: () => Promise<T>): Promise<T> {
    await mkdir(this.options.dir, { recursive: true, mode: 0o700 });
    return await withLock(`${mirror.path}.lock`, mode, this.options.gitSeconds, work);
  }

  private mirror(url: string): Mirror {
    const address = parseGitUrl(url, this.options);
    const name = createHash('sha256').update(address.url).digest('hex').slice(0, 32);
    return new Mirror(join(this.options.dir, `${name}.git`), address, this.options);
  }
}

function gone(url: string, ref: string): CedarError {
  return new CedarError('git_ref_gone', { url, ref }, 409);
}
