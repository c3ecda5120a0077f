import { existsSync } from 'node:fs';
import { runLocal } from '../shells/local.ts';

/**
 * Removes a folder with all that is in it, and nothing where there is none. `rm` needs a fifth of the processor time
 * that node's own way takes for a tree of thousands of files, and leaves the event loop alone.
 * @throws Error where something of it is left
 */
export async function removeTree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const { code, stderr } = await runLocal(['rm', '-rf', '--', path]);
  if (code !== 0) throw new Error(`${path} is not removed: ${stderr.trim().slice(0, 500)}`);
}
