import { existsSync } from 'node:fs';
import { simpleGit } from 'simple-git';
import { gitEnvironment } from '../commands/git.ts';
import { messageOf } from '../errors.ts';
import { GitError, gitError } from './git-error.ts';

const SECONDS = 30;

/**
 * Asks a mirror something and answers what git printed. Nothing is changed, nothing is fetched.
 * @throws GitError
 */
export async function askMirror(mirror: string, url: string, argv: string[]): Promise<string> {
  if (!existsSync(mirror)) throw new GitError('corrupt', url, 'not fetched yet');
  const env = { ...gitEnvironment(false), PATH: process.env.PATH ?? '' };
  const git = simpleGit({
    baseDir: mirror,
    timeout: { block: SECONDS * 1000 },
    allowEnvironment: Object.keys(env),
    unsafe: { allowUnsafeConfigPaths: true },
  });
  try {
    return await git.env(env).raw([`--git-dir=${mirror}`, ...argv]);
  } catch (error) {
    throw gitError(url, messageOf(error));
  }
}
