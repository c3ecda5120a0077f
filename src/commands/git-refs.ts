import { isGitRef } from '../model/git-ref.ts';

/** A branch or tag and the commit it stands for. `at` in epoch milliseconds: that commit's or the tag's time. */
export type Ref = { name: string; commit: string; at: number };
export type Refs = { branches: Ref[]; tags: Ref[] };

/** Name, type and hash, the same of what an annotated tag points to, and the time. */
const FIELDS = ['%(refname)', '%(objecttype)', '%(objectname)', '%(*objecttype)', '%(*objectname)'];
const FORMAT = `--format=${[...FIELDS, '%(creatordate:unix)'].join('%00')}`;

/** Lists all branches and tags, the newest first. */
export function listRefs(): string[] {
  return ['for-each-ref', '--sort=-creatordate', FORMAT, 'refs/heads/', 'refs/tags/'];
}

/** Lists the branch and the tag of exactly this name, and perhaps others below it. */
export function findRef(name: string): string[] {
  return ['for-each-ref', FORMAT, `refs/heads/${name}`, `refs/tags/${name}`];
}

/** Leaves out what could not be asked for, and tags of anything but commits. */
export function parseRefs(text: string): Refs {
  const refs: Refs = { branches: [], tags: [] };
  for (const line of text.split('\n')) {
    const [full = '', type, hash = '', innerType, innerHash = '', seconds] = line.split('\0');
    const commit = type === 'commit' ? hash : innerType === 'commit' ? innerHash : '';
    const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(full) ?? [];
    if (commit === '' || !isGitRef(name)) continue;
    (kind === 'heads' ? refs.branches : refs.tags).push({ name, commit, at: Number(seconds) * 1000 });
  }
  return refs;
}

/** Prints the whole name of the one commit that begins so; exits with 128 where there is none or are several. */
export function findCommit(prefix: string): string[] {
  return ['rev-parse', '--verify', '--quiet', '--end-of-options', `${prefix}^{commit}`];
}
