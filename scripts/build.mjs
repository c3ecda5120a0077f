import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stateOf } from './sources.mjs';

const ROUNDS = 3;

/**
 * The folder of build/ with what the sources say now; it is compiled where it is not there. Its name is that state,
 * and it appears whole or not at all, so nothing stale and nothing half is ever run.
 * @param {string} root the project's folder
 * @throws {Error} where it cannot be compiled
 */
export function built(root) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = join(root, 'build', stateOf(root));
    if (existsSync(folder)) return folder;
    const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'compile.mjs'), root], {
      stdio: ['ignore', 'ignore', 'inherit'],
      // what the program itself is to load is not for the compiler
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    if (status !== 0) throw new Error('The sources could not be compiled: see above.');
  }
  throw new Error('The sources change faster than they can be compiled.');
}
