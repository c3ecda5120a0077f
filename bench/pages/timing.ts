import type { Visitor } from '../visitor.ts';

export type Timed = { path: string; status: number; p50: number; p95: number; bytes: number };

/** Asks for each page once, and then `times` one after the other: the time until its last byte is here. */
export async function timed(visitor: Visitor, paths: readonly string[], times: number): Promise<Timed[]> {
  const found: Timed[] = [];
  for (const path of paths) {
    const { status, body } = await visitor.get(path);
    const took: number[] = [];
    for (let n = 0; n < times; n++) took.push((await visitor.get(path)).ms);
    found.push({ path, status, p50: quantile(took, 0.5), p95: quantile(took, 0.95), bytes: body.length });
  }
  return found;
}

export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
