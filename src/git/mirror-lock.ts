import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { CedarError } from '../errors.ts';

type Holder = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Does the work while holding a lock that counts between processes too: a `flock` (util-linux) holds it for as
 * long as we live, and lets go when we end in whatever way.
 * @param seconds how long to wait for others.
 * @throws CedarError `git_busy` (409) where they take longer.
 */
export async function withLock<T>(
  file: string,
  mode: 'shared' | 'exclusive',
  seconds: number,
  work: () => Promise<T>,
): Promise<T> {
  const flags = [`--${mode}`, '--wait', String(seconds), file];
  const holder = spawn('flock', [...flags, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/' });
  const over = once(holder, 'close');
  holder.stdin.on('error', () => holder.stdin.destroy());
  await isHeld(holder);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await over;
  }
}

/** The `cat` under the lock answers as soon as it has it. */
async function isHeld(holder: Holder): Promise<void> {
  holder.stdin.write('\n');
  const held = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    once(holder, 'exit').then(() => false),
  ]);
  if (!held) throw new CedarError('git_busy', {}, 409);
}
