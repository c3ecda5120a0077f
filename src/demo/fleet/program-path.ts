import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const standard = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** PATH of everything on the demo's hosts: the node that runs us first, then the standard folders. */
export const plainPath = [dirname(process.execPath), ...standard].join(':');

/**
 * The absolute path of a program of the system.
 * @throws Error where it is not installed.
 */
export function findProgram(name: string): string {
  const found = standard.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is not installed: npm run demo and npm test install what is missing`);
  return found;
}
