import { z } from 'zod';

/** In which order hosts are changed, where an operation waits, and what a failure means. */
export const strategySchema = z.strictObject({
  kind: z.enum(['serial', 'batches', 'canary']),
  /** Hosts changed side by side: a number, or a share of all such as `25%`. Counts for batches, and after a canary. */
  batch: z.string().regex(/^(?:[1-9]\d{0,3}|[1-9]\d?%|100%)$/, 'batch'),
  /** How many hosts a canary changes first. */
  canary: z.coerce.number().int().min(1).max(1000),
  /** Seconds between the canary and the rest; 0: until a person continues. */
  waitSeconds: z.coerce.number().int().min(0).max(604_800),
  /** Hosts that must be well at any time, besides those being changed. */
  minHealthy: z.coerce.number().int().min(0).max(10_000),
  /** So many hosts may fail before the operation stops. */
  maxFailures: z.coerce.number().int().min(0).max(10_000),
  /** What happens to the touched hosts when it stops. */
  onFailure: z.enum(['stop', 'roll-back']),
});
export type Strategy = z.output<typeof strategySchema>;

export const defaultStrategy: Strategy = {
  kind: 'serial',
  batch: '1',
  canary: 1,
  waitSeconds: 0,
  minHealthy: 0,
  maxFailures: 0,
  onFailure: 'stop',
};

/** How many hosts of `all` are changed side by side; a share is rounded up, and never less than one. */
export function batchSize(batch: string, all: number): number {
  const number = Number.parseInt(batch, 10);
  return Math.max(1, batch.endsWith('%') ? Math.ceil((all * number) / 100) : number);
}
