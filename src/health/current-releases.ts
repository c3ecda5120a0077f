import { basename } from 'node:path';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Target } from '../shells/ssh/target.ts';

/** Prints the target of each link on a line of its own, an empty one where there is no link. */
const SCRIPT = 'for path; do readlink -- "$path" || echo; done';

/**
 * The releases that some projects' live links on a host point to, in the order of `keys`; null where the link is
 * none of ours. @throws SshError.
 */
export async function currentReleases(
  pool: SshPool,
  target: Target,
  hostPath: string,
  keys: string[],
  deadlineMs: number,
): Promise<(string | null)[]> {
  const paths = keys.map((key) => `${hostPath}/${key}`);
  const { stdout } = await pool.exec(target, ['sh', '-c', SCRIPT, 'sh', ...paths], { deadlineMs });
  const links = stdout.split('\n');
  return keys.map((key, index) => releaseIn(links[index] ?? '', key));
}

function releaseIn(link: string, key: string): string | null {
  return link.includes(`.cedar/${key}/releases/`) ? basename(link) : null;
}
