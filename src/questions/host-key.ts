import { z } from 'zod';
import { type HostKey, scanHostKey } from '../shells/ssh/host-key.ts';

const argsSchema = z.object({
  address: z.string(),
  port: z.number().int().min(1).max(65_535),
  weak: z.boolean().default(false),
});

/** The key that a machine shows; nothing is authenticated. */
export function hostKey(_means: unknown, args: unknown): Promise<HostKey> {
  const { address, port, weak } = argsSchema.parse(args);
  return scanHostKey(address, port, 8000, weak);
}
