import { z } from 'zod';
import type { Means } from './means.ts';

const argsSchema = z.object({
  gitUrl: z.string(),
  from: z.string().nullish(),
  to: z.string(),
  path: z.string().min(1).max(4096),
});
const MOST = 200_000;

/** How one file differs between two commits, as a unified diff of at most 200,000 characters. */
export async function diff({ mirrors }: Pick<Means, 'mirrors'>, args: unknown) {
  const { gitUrl, from, to, path } = argsSchema.parse(args);
  const text = await mirrors.patch(gitUrl, from ?? null, to, path);
  return { text: text.slice(0, MOST), more: Math.max(0, text.length - MOST) };
}
