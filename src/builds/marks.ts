import type { Stats } from 'node:fs';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';

/**
 * What tells, without reading it, that a file is the very one that was read: by path its inode, size, mode and times.
 * Nobody can set a change time, so a file whose mark is the same was not written to.
 */
export type Marks = Map<string, string>;

const AT_ONCE = 400;

export function markOf({ ino, size, mode, mtimeMs, ctimeMs }: Stats): string {
  return `${ino} ${size} ${mode} ${mtimeMs} ${ctimeMs}`;
}

export function marksText(marks: Marks): string {
  return [...marks].map(([path, mark]) => `${mark}\t${path}\n`).join('');
}

export function readMarks(text: string): Marks {
  const lines = text.split('\n').slice(0, -1);
  return new Map(
    lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
  );
}

/** Has the tree these files and no others, each with its mark? */
export async function areAsMarked(dir: string, marks: Marks): Promise<boolean> {
  let looks = 0;
  let found = 0;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of readdirSync(join(dir, folder), { withFileTypes: true })) {
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) folders.push(path);
      else if (marks.get(path) !== markOf(lstatSync(join(dir, path)))) return false;
      else found += 1;
      if (++looks % AT_ONCE === 0) await breath();
    }
  }
  return found === marks.size;
}
