import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { typeOf } from '../project-types/index.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { tomcatPlace } from './tomcat-configuration.ts';
import { lookAtTomcats, type TomcatSeen } from './tomcat-look.ts';

/** The name under which the JVM is told of, beside the project's key. */
export const TOMCAT_PROCESS = 'tomcat';

/** True for a project that runs in a Tomcat of its own. */
export function isTomcat({ type }: Pick<ProjectSnapshot, 'type'>): boolean {
  return typeOf(type).runtime === 'tomcat';
}

/** The project's Tomcat on a host as it is now. @throws SshError; CedarError `tomcat_look` */
export async function lookAtTomcat(
  pool: SshPool,
  project: ProjectSnapshot,
  host: HostSnapshot,
): Promise<TomcatSeen> {
  const { base, home } = tomcatPlace(project, host);
  const [seen] = await lookAtTomcats(pool, targetOf(host), [{ key: project.key, base, home }]);
  return seen!;
}

const TAIL_BYTES = 8192;

/** The last whole lines of catalina.out. @throws SshError */
export async function tomcatTail(
  pool: SshPool,
  project: ProjectSnapshot,
  host: HostSnapshot,
): Promise<string> {
  const file = `${tomcatPlace(project, host).logs}/catalina.out`;
  const { code, stdout, stderr } = await pool.exec(targetOf(host), [
    'tail',
    '-c',
    String(TAIL_BYTES),
    '--',
    file,
  ]);
  if (code !== 0) return `(${file}: ${stderr.trim().slice(0, 200)})`;
  // Its first line may begin anywhere, in the middle of a secret too.
  return Buffer.byteLength(stdout) < TAIL_BYTES ? stdout : stdout.slice(stdout.indexOf('\n') + 1);
}
