import { readFileSync } from 'node:fs';
import { logger } from '../logger.ts';

/** What a process needs besides its connections. */
const BESIDES = 100;

/** How many files this process may open; null where the system does not tell. */
function limit(): number | null {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

let told = 0;

/** Says, once for a size, that so many machines are more than this process may be connected with. */
export function tellOpenFiles(machines: number, most: number | null = limit()): void {
  const needed = machines + BESIDES;
  if (most === null || needed <= most || machines === told) return;
  told = machines;
  const advice = `set LimitNOFILE=${needed * 2} for its unit, or ulimit -n ${needed * 2}`;
  logger.warn(
    { machines, openFiles: most, advice },
    'this process may open fewer files than there are machines',
  );
}
