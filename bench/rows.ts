import { messageOf } from '../src/errors.ts';

/** One line of a benchmark: a measurement of ours held against a bar, or against theirs; or why there is none. */
export type Row =
  | { name: string; ours: number; theirs?: number; ratio?: number; bar: number; ok: boolean }
  | { name: string; skipped: string };

/** `theirs` must be at least `bar` times ours. */
export function timesLess(name: string, ours: number, theirs: number, bar: number): Row {
  const ratio = theirs / ours;
  return { name, ours: short(ours), theirs: short(theirs), ratio: short(ratio), bar, ok: ratio >= bar };
}

/** Ours must be at most `bar`. */
export function atMost(name: string, ours: number, bar: number): Row {
  return { name, ours: short(ours), bar, ok: ours <= bar };
}

/**
 * The rows of a part of a benchmark. One that cannot be measured is one row of that name, which says why; what broke is
 * told with its stack on stderr, and the other parts go on.
 */
export async function part(name: string, measure: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return await measure();
  } catch (error) {
    console.error(error);
    return [{ name, skipped: messageOf(error).slice(0, 300) }];
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The one line that whoever reads a benchmark by machine looks for; it comes last. */
export function printRows(bench: string, rows: readonly Row[]): void {
  process.stdout.write(`${JSON.stringify({ bench, rows })}\n`);
}

/** What is for people, above it. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function short(number: number): number {
  return Number(number.toPrecision(4));
}
