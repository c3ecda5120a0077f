import { join } from 'node:path';

const run = join(import.meta.dirname, '../../scripts/run.mjs');

/** How a program of ours is started, as in production: the words after `node`. It is compiled from the sources of now. */
export function program(name: 'web' | 'worker' | 'health' | 'migrate' | 'start'): string[] {
  return [`--max-semi-space-size=${name === 'health' ? 8 : 2}`, run, name];
}
