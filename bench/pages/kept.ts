import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is told of a filled database beside it: for which sizes, and when (epoch ms). */
export type Told<T> = { size: unknown; at: number; filled: T };

/** What was seen when it was filled is believed for three intervals of an hour (`environmentOf`). */
const GOOD_FOR = 2 * 3_600_000;

/** What the kept folder holds, unless it is of other sizes or too old. */
export function told<T>(folder: string, size: unknown): T | null {
  const file = join(folder, 'told.json');
  if (!existsSync(file)) return null;
  const { at, filled, ...other } = JSON.parse(readFileSync(file, 'utf8')) as Told<T>;
  const fits = JSON.stringify(other.size) === JSON.stringify(size) && Date.now() - at < GOOD_FOR;
  return fits ? filled : null;
}

/** Copies a closed database into the folder, and tells what it is. */
export function keep<T>(folder: string, dataDir: string, size: unknown, filled: T): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copy(dataDir, folder);
  const all: Told<T> = { size, at: Date.now(), filled };
  writeFileSync(join(folder, 'told.json'), JSON.stringify(all));
}

/** Copies the database itself; cheap where the file system shares what is the same. */
export function copy(from: string, to: string): void {
  copyFileSync(join(from, 'cedar.db'), join(to, 'cedar.db'), constants.COPYFILE_FICLONE);
}
