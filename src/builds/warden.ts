import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CedarError } from '../errors.ts';
import { lastLines } from '../shells/local-error.ts';
import type { Confinement } from './isolation/confinement.ts';
import type { RunFolder } from './run-folder.ts';

const PROGRAM = fileURLToPath(new URL('warden.mjs', import.meta.url));
const POLL_MS = 10;

/** What the warden is told, by its standard input: neither command nor environment shows in a list of processes. */
export type Job = {
  command: string;
  env: Record<string, string>;
  workspace: string;
  confinement: Confinement;
  timeoutSeconds: number;
  idleSeconds: number;
  maxOutputBytes: number;
};

/**
 * Starts the process that watches over a build, in a session of its own. Where two start one for the same
 * folder at once, one of them wins, and both callers go on with that.
 * @throws CedarError `build_start` with the tail of what it said.
 */
export async function startWarden(run: RunFolder, job: Job): Promise<void> {
  const warden = await spawnWarden('run', run, JSON.stringify(job));
  while (!(await run.warden())) {
    if (hasEnded(warden) && !(await run.warden())) throw await failedStart(run);
    await pause(POLL_MS);
  }
}

/** Kills what a run has left behind whose warden is gone, and writes its end. */
export async function sweepRun(run: RunFolder): Promise<void> {
  const sweeper = await spawnWarden('sweep', run, '');
  while (!hasEnded(sweeper)) await pause(POLL_MS);
  if (!(await run.end())) throw await failedStart(run);
}

async function spawnWarden(deed: 'run' | 'sweep', run: RunFolder, input: string): Promise<ChildProcess> {
  const log = await open(run.file('warden.log'), 'a', 0o600);
  const child = spawn(process.execPath, [PROGRAM, deed, run.path], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    detached: true,
    stdio: ['pipe', 'ignore', log.fd],
  });
  child.on('error', () => child.stdin?.destroy());
  child.stdin?.on('error', () => child.stdin?.destroy());
  child.stdin?.end(input);
  child.unref();
  await log.close();
  return child;
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function failedStart(run: RunFolder): Promise<CedarError> {
  const tail = lastLines(await readFile(run.file('warden.log'), 'utf8'));
  return new CedarError('build_start', { tail }, 500);
}
