import { cp, rename } from 'node:fs/promises';
import { removeTree } from './remove-tree.ts';

/** Moves a folder to `to`, in the place of what is there; copies it where that is another file system. */
export async function moveTree(from: string, to: string): Promise<void> {
  await removeTree(to);
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }
}
