import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CedarError } from '../errors.ts';
import type { ProcessInfo } from '../model/process.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Target } from '../shells/ssh/target.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/tomcat-look.sh'), 'utf8');

/** A project's Tomcat as its host shows it. */
export type TomcatSeen = {
  /** Is the standard empty Tomcat there, and java? */
  home: boolean;
  java: boolean;
  /** Of the configuration; null: none yet. See tomcatDigest. */
  digest: string | null;
  /** The JVM, in supervisor's words: RUNNING or STOPPED. */
  process: ProcessInfo;
};

/** Which Tomcat is looked at. */
export type TomcatName = { key: string; base: string; home: string };

/** Looks at Tomcats with one command, in their order. @throws SshError; CedarError `tomcat_look` */
export async function lookAtTomcats(
  pool: SshPool,
  target: Target,
  tomcats: TomcatName[],
  options: { deadlineMs?: number; signal?: AbortSignal } = {},
): Promise<TomcatSeen[]> {
  const nonce = randomBytes(8).toString('hex');
  const args = tomcats.flatMap(({ base, home }) => [base, home]);
  const { stdout } = await pool.exec(target, ['sh', '-c', script, 'cedar', nonce, ...args], options);
  const lines = stdout.split('\n').filter((line) => line.startsWith(`${nonce} `));
  return tomcats.map(({ key, base }) => {
    const words = lines.find((line) => line.startsWith(`${nonce} ${base} `))?.split(' ');
    if (!words) throw new CedarError('tomcat_look', { host: target.name });
    return seen(key, words.slice(2));
  });
}

function seen(key: string, [home, java, digest, ...numbers]: string[]): TomcatSeen {
  const [pid = 0, start = 0, now = 0] = numbers.map(Number);
  const process: ProcessInfo = {
    ...{ group: key, name: 'tomcat', state: pid > 0 ? 'RUNNING' : 'STOPPED' },
    ...{ pid, start, stop: 0, now, exitStatus: 0, spawnError: '' },
  };
  return {
    home: home === 'yes',
    java: java === 'yes',
    digest: !digest || digest === 'none' ? null : digest,
    process,
  };
}
