import { z } from 'zod';
import type { Refs } from '../git/mirrors.ts';
import type { Means } from './means.ts';

const argsSchema = z.object({ gitUrl: z.string() });

/** Fetches a repository and tells its branches and tags, the newest first. */
export async function refs(
  { mirrors, signal }: Pick<Means, 'mirrors' | 'signal'>,
  args: unknown,
): Promise<Refs> {
  const { gitUrl } = argsSchema.parse(args);
  await mirrors.fetch(gitUrl, { signal });
  const { branches, tags } = await mirrors.refs(gitUrl);
  return { branches: branches.slice(0, 500), tags: tags.slice(0, 500) };
}
