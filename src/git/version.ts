import { CedarError } from '../errors.ts';
import { runLocal } from '../shells/local.ts';

/** The first git that can be told to read no configuration of a person (GIT_CONFIG_GLOBAL). */
const OLDEST = [2, 32] as const;

/**
 * To be called once at the start: an older git would run what a person's own configuration names.
 * @throws CedarError `git_version` (found, wanted), or LocalError where there is no git.
 */
export async function requireGit(): Promise<void> {
  const { stdout } = await runLocal(['git', '--version'], { deadlineMs: 10_000 });
  if (!isRecentGit(stdout))
    throw new CedarError('git_version', { found: stdout.trim(), wanted: OLDEST.join('.') }, 500);
}

/** True where `git --version` printed a version that we can trust with a stranger's repository. */
export function isRecentGit(printed: string): boolean {
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(printed) ?? [];
  if (major === undefined) return false;
  return Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
}
