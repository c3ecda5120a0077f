import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { descendantsOf, isSame, type Proc, procOf } from './proc.ts';

export type DaemonOptions = {
  argv: [string, ...string[]];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Standard output and error are appended here. */
  logFile: string;
  /** How long SIGTERM may take before SIGKILL, milliseconds. */
  stopMs?: number;
};

/**
 * A program of ours in a session of its own, so that Ctrl-C in the terminal reaches us alone. It gets SIGTERM
 * when this process dies, however it dies (PR_SET_PDEATHSIG by util-linux's setpriv, which then becomes the program).
 */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #stopMs: number;
  #failure: Error | null = null;

  constructor(options: DaemonOptions) {
    const log = openSync(options.logFile, 'a', 0o600);
    this.#stopMs = options.stopMs ?? 15_000;
    this.#child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', ...options.argv], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    this.#child.once('error', (error) => {
      this.#failure = error;
    });
  }

  /** Its process id; 0 where it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.pid > 0 && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error where the program has ended or never began. */
  assertRunning(name: string): void {
    if (this.#failure) throw this.#failure;
    if (!this.isRunning)
      throw new Error(`${name} ended with ${this.#child.exitCode ?? this.#child.signalCode}`);
  }

  /** Sends a signal to this one process; does nothing where it has ended. */
  signal(name: NodeJS.Signals): void {
    if (this.isRunning) this.#child.kill(name);
  }

  /** Ends it and everything it started: SIGTERM first, SIGKILL to what is left by then. Safe to call again. */
  async stop(): Promise<void> {
    const started = descendantsOf(this.pid);
    this.signal('SIGTERM');
    const deadline = Date.now() + this.#stopMs;
    while (this.isRunning && Date.now() < deadline) await pause(20);
    this.signal('SIGKILL');
    await endAll(started, 2000);
    while (this.isRunning) await pause(10);
  }
}

/** Ends processes that were ours, each only while its pid still means the same process. */
export async function endAll(processes: Proc[], graceMs: number): Promise<void> {
  const left = () => processes.filter(isSame);
  for (const proc of left()) kill(proc.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (left().length > 0 && Date.now() < deadline) await pause(20);
  for (const proc of left()) kill(proc.pid, 'SIGKILL');
}

/** Ends the remains of an earlier run: the process of `pid`, where its command line still names `mark`. */
export async function endRemains(pid: number, mark: string): Promise<void> {
  const proc = procOf(pid);
  if (proc?.command.includes(mark)) await endAll([proc, ...descendantsOf(pid)], 15_000);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
