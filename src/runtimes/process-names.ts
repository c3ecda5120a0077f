import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { typeOf } from '../project-types/index.ts';
import { processNames } from '../supervisor/render-for-host.ts';

/** The name under which a Tomcat's JVM is told of, beside the project's key. */
export const TOMCAT_PROCESS = 'tomcat';

/** True for a project that runs in a Tomcat of its own. */
export function isTomcat({ type }: Pick<ProjectSnapshot, 'type'>): boolean {
  return typeOf(type).runtime === 'tomcat';
}

/** True for a project that its author's commands start and stop. */
export function runsByCommands({ type }: Pick<ProjectSnapshot, 'type'>): boolean {
  return typeOf(type).runtime === 'commands';
}

/** The names of such a project's processes, `group:name` as supervisor would call them. */
export function instanceNames(project: ProjectSnapshot, host: HostSnapshot): string[] {
  const first = project.port ?? 0;
  return Array.from(
    { length: host.processes },
    (_, index) => `${project.key}:${project.key}_${first + index}`,
  );
}

/**
 * The names of a project's processes on a host, by whoever runs them there, in the order of their numbers and so of their
 * ports; none where nothing runs by itself. @throws CedarError `template`
 */
export function namesOn(project: ProjectSnapshot, host: HostSnapshot): string[] {
  if (isTomcat(project)) return [`${project.key}:${TOMCAT_PROCESS}`];
  return runsByCommands(project) ? instanceNames(project, host) : processNames(project, host);
}
