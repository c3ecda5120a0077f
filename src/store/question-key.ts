import { createHash } from 'node:crypto';

/** The same for questions that ask the same, in whatever order their arguments stand. */
export function keyOf(kind: string, args: Record<string, unknown>): string {
  const text = JSON.stringify([kind, sorted(args)]);
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
