import { readFileSync } from 'node:fs';

const MIB = 1024;

/**
 * Memory of a process in MiB: all its resident pages, and its share of them (pages that several processes map, such
 * as node's own program text, are divided among them: `proc(5)`, smaps_rollup).
 */
export function memoryOf(pid: number): { rss: number; pss: number } {
  const rss = kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS');
  const pss = kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss');
  return { rss: rss / MIB, pss: pss / MIB };
}

function kilobytes(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  if (!found) throw new Error(`no ${name}`);
  return Number(found);
}
