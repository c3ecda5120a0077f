import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { tomcatPlace } from './tomcat-configuration.ts';
import { lookAtTomcats, type TomcatSeen } from './tomcat-look.ts';

const tailScript = readFileSync(join(import.meta.dirname, '../commands/tomcat-tail.sh'), 'utf8');

export { isTomcat, TOMCAT_PROCESS } from './process-names.ts';

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

/** The last lines of its logs, and what kept them from being read. @throws SshError */
export async function tomcatTail(
  pool: SshPool,
  project: ProjectSnapshot,
  host: HostSnapshot,
): Promise<string> {
  const { base, logs } = tomcatPlace(project, host);
  const { stdout, stderr } = await pool.exec(targetOf(host), ['sh', '-c', tailScript, 'cedar', base, logs]);
  return `${stdout}${stderr}`;
}
