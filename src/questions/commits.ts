import { z } from 'zod';
import { CedarError } from '../errors.ts';
import type { Mirrors, Resolved } from '../git/mirrors.ts';
import type { Means } from './means.ts';

const argsSchema = z.object({ gitUrl: z.string(), from: z.string().nullish(), to: z.string() });
const MOST = 200;

/** What a ref stands for, the commits that it brings, those that it leaves out, and the files that differ. */
export async function commits({ mirrors, signal }: Pick<Means, 'mirrors' | 'signal'>, args: unknown) {
  const { gitUrl, from, to } = argsSchema.parse(args);
  const target = await resolved(mirrors, gitUrl, to, signal);
  const start = from && /^[0-9a-f]{40}$/.test(from) && !/^0+$/.test(from) ? from : null;
  const between = await mirrors.commits(gitUrl, start, target.commit, MOST);
  const files = start ? await mirrors.changedFiles(gitUrl, start, target.commit) : [];
  return { target, ...between, files: files.slice(0, 2000), moreFiles: Math.max(0, files.length - 2000) };
}

/** A branch or tag may have moved since the last fetch, a commit cannot: that one is fetched only where it is missing. */
async function resolved(
  mirrors: Mirrors,
  gitUrl: string,
  ref: string,
  signal: AbortSignal,
): Promise<Resolved> {
  if (/^[0-9a-f]{40}$/.test(ref)) {
    const [known] = await Promise.allSettled([mirrors.resolve(gitUrl, ref)]);
    if (known.status === 'fulfilled') return known.value;
    if (!(known.reason instanceof CedarError)) throw known.reason;
  }
  await mirrors.fetch(gitUrl, { signal });
  return mirrors.resolve(gitUrl, ref);
}
