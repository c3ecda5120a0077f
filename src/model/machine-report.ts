import { z } from 'zod';

/** What a worker tells of itself at its start. Versions are as the programs print them; empty where one is missing. */
export const machineReport = z.object({
  user: z.string(),
  isolation: z.object({ kind: z.enum(['user', 'sandbox', 'none']), strong: z.boolean() }),
  versions: z.record(z.string(), z.string()),
});
export type MachineReport = z.output<typeof machineReport>;
