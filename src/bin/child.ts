import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/**
 * Megabytes: V8's part for what is young grows to 48 MB of a process at rest otherwise. Health has more, because a sweep
 * leaves much behind; see docs/performance.md.
 */
const nurseryOf = (name: string) => (name === 'health' ? 8 : 2);
/** After so long a life the next death counts as the first. */
const LONG_LIFE_MS = 60_000;

export type ChildOptions = {
  /** A program of this folder, as `scripts/run.mjs` knows it. */
  name: string;
  env: NodeJS.ProcessEnv;
  /** File descriptor for both outputs, or the parent's own. */
  output: number | 'inherit';
  /** Told of every death that nobody asked for. */
  onDeath(name: string, how: string, pauseMs: number): void;
};

/**
 * One of our own programs as a child process. It is started again when it dies, each time after a longer pause.
 * It lives in a session of its own, so that Ctrl-C reaches the parent alone, and it is told to end when the parent
 * dies (setpriv of util-linux sets the parent-death signal; where that is missing, only `stop` ends it).
 */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #again: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  start(): void {
    const { name, env, output } = this.#options;
    const [program = '', ...words] = argvOf(name);
    const child = spawn(program, words, { env, detached: true, stdio: ['ignore', output, output] });
    const born = Date.now();
    this.#process = child;
    child.once('error', (error) => this.#died(error.message, born));
    child.once('exit', (code, signal) => this.#died(`${signal ?? `exit code ${code}`}`, born));
  }

  /** SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#again) clearTimeout(this.#again);
    const child = this.#process;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(late);
  }

  #died(how: string, born: number): void {
    if (this.#stopping || this.#again) return;
    if (Date.now() - born > LONG_LIFE_MS) this.#pauseMs = FIRST_PAUSE_MS;
    this.#options.onDeath(this.name, how, this.#pauseMs);
    this.#again = setTimeout(() => {
      this.#again = null;
      this.start();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Runs one of our programs to its end. @throws Error where it does not end well. */
export async function runToEnd(
  name: string,
  env: NodeJS.ProcessEnv,
  output: number | 'inherit',
): Promise<void> {
  const [program = '', ...words] = argvOf(name);
  const child = spawn(program, words, { env, stdio: ['ignore', output, output] });
  const how = await new Promise<string | number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  if (how !== 0) throw new Error(`${name} ended with ${how}`);
}

function argvOf(name: string): string[] {
  const frugal = `--max-semi-space-size=${nurseryOf(name)}`;
  const node = [process.execPath, frugal, join(import.meta.dirname, '../../scripts/run.mjs'), name];
  return existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM', '--', ...node] : node;
}
