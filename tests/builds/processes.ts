import { readdirSync, readFileSync } from 'node:fs';

/** Pids of living processes whose command line holds `text`. */
export function processesWith(text: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').includes(text));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
