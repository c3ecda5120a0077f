import { z } from 'zod';
import { CedarError } from '../errors.ts';
import type { Mirrors, Resolved } from '../git/mirrors.ts';
import type { Means } from './means.ts';

const argsSchema = z.object({ gitUrl: z.string(), from: z.string().nullish(), to: z.string() });
const MOST = 200;

/** What a ref stands for, the commits that it brings, those that it leaves out, and the files that differ. */
export async function commits({ mirrors }: Pick<Means, 'mirrors'>, args: unknown) {
  const { gitUrl, from, to } = argsSchema.parse(args);
  const target = await resolved(mirrors, gitUrl, to);
  const start = from && /^[0-9a-f]{40}$/.test(from) && !/^0+$/.test(from) ? from : null;
  const between = await mirrors.commits(gitUrl, start, target.commit, MOST);
  const files = start ? await mirrors.changedFiles(gitUrl, start, target.commit) : [];
  return { target, ...between, files: files.slice(0, 2000), moreFiles: Math.max(0, files.length - 2000) };
}

/** The mirror may be older than the ref: it is fetched once where the ref is not known. */
async function resolved(mirrors: Mirrors, gitUrl: string, ref: string): Promise<Resolved> {
  try {
    return await mirrors.resolve(gitUrl, ref);
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    await mirrors.fetch(gitUrl);
    return mirrors.resolve(gitUrl, ref);
  }
}
