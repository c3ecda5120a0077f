import { basename } from 'node:path';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Target } from '../shells/ssh/target.ts';

/** Prints, on a line for each path, whether anything is there (`+` or `-`), and the link's target if it is one. */
const SCRIPT = 'for path; do [ -e "$path" ] && printf + || printf -- -; readlink -- "$path" || echo; done';

/** What is in a project's place on a host. `release`: null where no link of ours is there. */
export type Live = { present: boolean; release: string | null };

/** What some projects' places on a host hold, in the order of `keys`. @throws SshError. */
export async function currentReleases(
  pool: SshPool,
  target: Target,
  hostPath: string,
  keys: string[],
  deadlineMs: number,
): Promise<Live[]> {
  const paths = keys.map((key) => `${hostPath}/${key}`);
  const { stdout } = await pool.exec(target, ['sh', '-c', SCRIPT, 'sh', ...paths], { deadlineMs });
  const links = stdout.split('\n');
  return keys.map((key, index) => {
    const line = links[index] ?? '';
    return { present: line.startsWith('+'), release: releaseIn(line.slice(1), key) };
  });
}

function releaseIn(link: string, key: string): string | null {
  return link.includes(`.cedar/${key}/releases/`) ? basename(link) : null;
}
