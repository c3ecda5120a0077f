import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { relativePath } from '../model/project.ts';
import { type Untracked, untrackedPaths } from '../model/untracked.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { commits } from './commits.ts';
import type { Means } from './means.ts';
import { placementSnapshot } from './placement-snapshot.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/survey.sh'), 'utf8');
const argsSchema = z.object({ placementId: z.string() });

/** Does a machine run the project already, and which paths there does the repository not know? */
export async function adoption(
  means: Means,
  args: unknown,
): Promise<{ present: boolean; untracked: Untracked[]; programs: string[] }> {
  const { project, host } = await placementSnapshot(means.db, argsSchema.parse(args).placementId);
  const nonce = randomBytes(8).toString('hex');
  const { hostPath, supervisorDir } = host.settings;
  const argv = ['sh', '-c', script, 'cedar', nonce, hostPath, project.key, supervisorDir];
  const { stdout } = await means.pool.exec(targetOf(host), argv, { deadlineMs: 20_000 });
  const lines = stdout.split('\n').filter((line) => line.startsWith(`${nonce} `));
  const told = (word: string) =>
    lines
      .filter((line) => line.startsWith(`${nonce} ${word} `))
      .map((line) => line.slice(nonce.length + word.length + 2));
  const present = lines.includes(`${nonce} plain`);
  if (!present) return { present, untracked: [], programs: told('program') };
  const untracked = untrackedPaths(told('file'), await trackedPaths(means, project.gitUrl, project.branch));
  const askable = untracked.filter(({ path }) => relativePath.safeParse(path).success);
  return { present, untracked: askable.slice(0, 200), programs: told('program') };
}

async function trackedPaths(means: Means, gitUrl: string, branch: string): Promise<string[]> {
  const { target } = await commits(means, { gitUrl, from: null, to: branch });
  const files = await means.mirrors.changedFiles(gitUrl, null, target.commit);
  return files.map((file) => file.path);
}
