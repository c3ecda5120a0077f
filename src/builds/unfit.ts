import type { Stats } from 'node:fs';

/** A path of a build's output that may not be shipped, and why. */
export type Problem = {
  path: string;
  reason: 'name' | 'link' | 'hard link' | 'device' | 'pipe' | 'socket' | 'setuid';
};

/** Names that a list of files or a shell on a host could read as something else; U+FFFD: was not UTF-8. */
export function nameProblem(path: string): Problem | null {
  return /[\x00-\x1f\x7f\\\ufffd]/.test(path) ? { path, reason: 'name' } : null;
}

/**
 * A link may climb first and descend then, and only so far up as its own folder is deep. As its folder is real
 * and every other link keeps the same rule, no chain of links leads out of the tree.
 */
export function linkProblem(path: string, target: string): Problem | null {
  const problem: Problem = { path, reason: 'link' };
  if (target === '' || target.startsWith('/') || nameProblem(target)) return problem;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const climbs = parts.findIndex((part) => part !== '..');
  const up = climbs === -1 ? parts.length : climbs;
  const depth = path.split('/').length - 1;
  return up > depth || parts.slice(up).includes('..') ? problem : null;
}

/** What is no plain file, and what would run as somebody else. */
export function statProblem(path: string, stat: Stats): Problem | null {
  if (stat.isBlockDevice() || stat.isCharacterDevice()) return { path, reason: 'device' };
  if (stat.isFIFO()) return { path, reason: 'pipe' };
  if (!stat.isFile()) return { path, reason: 'socket' };
  return (stat.mode & 0o7000) === 0 ? null : { path, reason: 'setuid' };
}

/** Counts the names of files that have several: all of them must lie in the tree. */
export class HardLinks {
  private readonly files = new Map<string, { names: number; seen: number; path: string }>();

  add(path: string, stat: Stats): void {
    if (stat.nlink < 2) return;
    const key = `${stat.dev}:${stat.ino}`;
    const file = this.files.get(key) ?? { names: stat.nlink, seen: 0, path };
    this.files.set(key, { ...file, seen: file.seen + 1 });
  }

  problems(): Problem[] {
    const outside = [...this.files.values()].filter((file) => file.seen < file.names);
    return outside.map(({ path }) => ({ path, reason: 'hard link' }));
  }
}
