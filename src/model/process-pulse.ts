import { z } from 'zod';

/** What a process that opens no port tells of itself, so that the web process can. */
export const processPulse = z.object({
  residentBytes: z.number(),
  heapBytes: z.number(),
  /** Time of the processor since its start. */
  cpuSeconds: z.number(),
  /** How long the last sweep took until its last look was recorded; null: none is over yet. */
  sweepMs: z.number().nullable(),
});
export type ProcessPulse = z.infer<typeof processPulse>;

export function pulseOf(
  { rss, heapUsed }: NodeJS.MemoryUsage,
  { user, system }: NodeJS.CpuUsage,
  sweepMs: number | null = null,
): ProcessPulse {
  return { residentBytes: rss, heapBytes: heapUsed, cpuSeconds: (user + system) / 1e6, sweepMs };
}
