import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CedarError } from '../errors.ts';

/**
 * Writes a file below a folder; what was there is replaced, a link too, and never written through.
 * @param path relative, of plain names
 * @throws CedarError `file_place` where a folder on the way is a link or no folder, or the place is a folder
 */
export async function putFile(root: string, path: string, content: Buffer, mode: number): Promise<void> {
  const names = path.split('/');
  const name = names.pop() ?? '';
  let folder = root;
  for (const part of names) {
    folder = join(folder, part);
    const there = await statOf(folder);
    if (there === null) await mkdir(folder);
    else if (!there.isDirectory()) throw refusal(path, part);
  }
  if ((await statOf(join(folder, name)))?.isDirectory()) throw refusal(path, name);
  const part = join(folder, `.cedar-${randomBytes(6).toString('hex')}`);
  await writeFile(part, content, { mode, flag: 'wx' });
  await rename(part, join(folder, name));
}

function refusal(path: string, at: string): CedarError {
  return new CedarError('file_place', { path, at }, 422);
}

async function statOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
