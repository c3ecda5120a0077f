import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { runLocal } from '../../shells/local.ts';
import type { Isolation } from './confinement.ts';
import { NoIsolation } from './none.ts';
import { OtherUser } from './other-user.ts';
import { ProjectGroups } from './project-groups.ts';
import { closedIn, Sandbox } from './sandbox.ts';

/** Thrown where the settings want an isolation that this machine cannot give; the message says the remedy. */
export class NotIsolated extends Error {}

type Wanted = Pick<
  Config,
  'dataDir' | 'buildIsolation' | 'buildUser' | 'buildFirstGroup' | 'buildFolders' | 'buildPath'
>;

/**
 * What this machine can keep commands apart with, tried once for real.
 * @throws NotIsolated where the settings want what cannot be had here: nothing runs with less than was asked for.
 */
export async function findIsolation(config: Wanted): Promise<Isolation> {
  const { dataDir, buildIsolation: wanted } = config;
  if (wanted === 'none') return new NoIsolation(dataDir);
  if (wanted === 'user' || (wanted === 'auto' && config.buildUser !== '')) return await otherUser(config);
  const problem = await sandboxProblem();
  if (problem === null) return new Sandbox(dataDir, config.buildFolders.split(/\s+/).filter(Boolean));
  if (wanted === 'sandbox') throw new NotIsolated(`CEDAR_BUILD_ISOLATION: bwrap does not work: ${problem}`);
  return new NoIsolation(dataDir);
}

/** Null where bubblewrap is there and may do its work. */
export async function sandboxProblem(): Promise<string | null> {
  return await problemOf(['bwrap', ...closedIn(), '--', 'true']);
}

async function otherUser({ buildUser, dataDir, buildFirstGroup }: Wanted): Promise<Isolation> {
  const uid = Number((await outputOf(['id', '-u', '--', buildUser])).trim() || 'none');
  const name = `CEDAR_BUILD_USER ${buildUser}`;
  if (!Number.isInteger(uid))
    throw new NotIsolated(`${name}: no such unix user. Run: useradd --system ${buildUser}`);
  if (uid === 0) throw new NotIsolated(`${name}: builds must not run as root.`);
  if (process.getuid?.() !== 0)
    throw new NotIsolated(`${name}: only a worker that runs as root can start builds as another user.`);
  await refuseGivingAway(name);
  const setpriv = (await outputOf(['sh', '-c', 'command -v setpriv'])).trim();
  if (!setpriv.startsWith('/')) throw new NotIsolated(`${name}: setpriv is missing. Install util-linux.`);
  const groups = new ProjectGroups(join(dataDir, 'build-groups'), buildFirstGroup);
  const user = new OtherUser(dataDir, uid, groups, setpriv);
  await user.closeDataFolder();
  const group = [`--reuid=${uid}`, `--regid=${buildFirstGroup}`, '--clear-groups', '--no-new-privs'];
  const problem = await problemOf([setpriv, ...group, '--', 'test', '-x', join(dataDir, 'builds')]);
  if (problem === null) return user;
  const remedy = `every folder above ${dataDir} needs chmod o+x, and CEDAR_BUILD_FIRST_GROUP a number that is free here`;
  throw new NotIsolated(`${name}: it cannot get to its builds (${problem}): ${remedy}.`);
}

/** Without it a build could hard-link a file of others into its folder, which would be given to it with the rest. */
async function refuseGivingAway(name: string): Promise<void> {
  const text = await readFile('/proc/sys/fs/protected_hardlinks', 'utf8').catch(() => '0');
  if (text.trim() === '1') return;
  throw new NotIsolated(
    `${name}: not safe with fs.protected_hardlinks=0. Run: sysctl fs.protected_hardlinks=1`,
  );
}

async function outputOf(argv: string[]): Promise<string> {
  const { stdout } = await runLocal(argv, { deadlineMs: 10_000, cwd: '/' });
  return stdout;
}

/** Null where the program ended well. */
async function problemOf(argv: string[]): Promise<string | null> {
  try {
    const { code, stderr } = await runLocal(argv, { deadlineMs: 10_000, cwd: '/' });
    return code === 0 ? null : stderr.trim() || `exit code ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
