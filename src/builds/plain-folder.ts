import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What is at `path` below `root`: a folder on whose way no link is, nothing, or anything else. A build may leave a
 * link in place of its output: what it points to belongs to somebody else.
 */
export async function plainFolder(root: string, path: string): Promise<'folder' | 'nothing' | 'other'> {
  let at = root;
  for (const name of ['', ...path.split('/').filter(Boolean)]) {
    at = join(at, name);
    const there = await statOf(at);
    if (there === null) return 'nothing';
    if (!there.isDirectory()) return 'other';
  }
  return 'folder';
}

async function statOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
