import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A program of the benchmark in a process of its own, spoken to over IPC. */
export class Program<Ask extends string, Answer> {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it says that it is ready. @param options of node */
  static async start<Ask extends string, Answer>(
    file: string,
    env: NodeJS.ProcessEnv,
    options = ['--import', 'tsx'],
  ): Promise<Program<Ask, Answer>> {
    const child = fork(resolve(import.meta.dirname, file), {
      env: { PATH: process.env.PATH, ...env },
      execArgv: options,
    });
    const program = new Program<Ask, Answer>(child);
    await program.#answer();
    return program;
  }

  async ask(ask: Ask): Promise<Answer> {
    this.#child.send(ask);
    return (await this.#answer()) as Answer;
  }

  /** CPU that it has used since it began, ms. */
  cpuMs(): number {
    return cpuOf(this.#child.pid!);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.send('end');
    const tired = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(tired);
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`a program of the benchmark ended: ${code}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (message) => {
        this.#child.removeListener('exit', ended);
        resolve(message);
      });
    });
  }
}

/** CPU of a living process, all of its threads, ms (proc(5), a hundredth of a second each). */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
