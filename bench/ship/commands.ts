import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Place = { cwd?: string; env?: Record<string, string> };

/** Runs a program to its end, for at most two minutes. @throws Error with what it said where it failed. */
export async function command(argv: readonly string[], { cwd, env }: Place = {}): Promise<string> {
  const [program = '', ...args] = argv;
  try {
    const { stdout } = await run(program, args, {
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LC_ALL: 'C.UTF-8', ...env },
      timeout: 120_000,
      maxBuffer: 64 << 20,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${argv.join(' ').slice(0, 200)}: ${(stderr + stdout).slice(-3000)}`, { cause: error });
  }
}

/** Does the work for every item, `most` at a time. */
export async function together<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>) {
  const next = items.values();
  const one = async () => {
    for (const item of next) await work(item);
  };
  await Promise.all(Array.from({ length: most }, one));
}

/** Seconds that the work took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
