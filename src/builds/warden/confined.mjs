import { spawn } from 'node:child_process';
import { chownSync } from 'node:fs';
import { markerOf } from './sweep.mjs';

/**
 * Starts a command as its confinement says. The project's variables reach the command alone: a program that shuts it
 * in is started with the worker's rights, and must not load what LD_PRELOAD names.
 */
export function startConfined(argv, { workspace, env, confinement }, { runDir, script, output }) {
  const { prefix, as, words } = confinement;
  if (as) chownSync(script, as.uid, as.gid);
  const [program, ...rest] = [...prefix, ...argv];
  const own = { ...env, CEDAR_RUN: markerOf(runDir) };
  const child = spawn(program, rest, {
    cwd: words ? '/' : workspace,
    env: words ? { PATH: process.env.PATH, CEDAR_RUN: own.CEDAR_RUN } : own,
    detached: true,
    stdio: ['ignore', output, output, ...(words ? ['pipe'] : [])],
    ...as,
  });
  if (words) tell(child.stdio[3], [...words, ...Object.entries(own).flatMap(setting)]);
  return child;
}

function setting([name, value]) {
  return ['--setenv', name, value];
}

/** One that did not start has nobody who reads. */
function tell(pipe, words) {
  pipe?.on('error', () => pipe.destroy());
  pipe?.end(words.map((word) => `${word}\0`).join(''));
}
