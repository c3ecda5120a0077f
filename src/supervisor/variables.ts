import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { environmentLine, type OpenVariable } from './environment-line.ts';
import type { TemplateVariables } from './template.ts';

/**
 * What a project's template may use on one host. `env` is the whole value of `environment=`; `first` the first
 * process's number, its port where the project has one, else 0; `port` is null without one.
 */
export function programVariables(
  project: ProjectSnapshot,
  host: HostSnapshot,
  openedEnv: OpenVariable[],
): TemplateVariables {
  const { settings } = host;
  return {
    key: project.key,
    project: project.key.slice(project.environment.length + 1),
    environment: project.environment,
    host: host.name,
    address: host.address,
    user: settings.sshUser,
    host_path: settings.hostPath,
    directory: `${settings.hostPath}/${project.key}`,
    log_path: settings.logPath,
    log_dir: `${settings.logPath}/${project.key}`,
    port: project.port,
    first: project.port ?? 0,
    processes: host.processes,
    env: environmentLine(openedEnv),
    start_seconds: project.settings.startSeconds,
    stop_seconds: project.settings.stopSeconds,
  };
}

/** Variables of a wider and of a narrower place as one list, the narrower one's winning: a project's and a host's. */
export function variablesInForce<T extends { name: string }>(wider: T[], narrower: T[]): T[] {
  return [...new Map([...wider, ...narrower].map((variable) => [variable.name, variable])).values()];
}
