import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { openOptions } from '../model/option.ts';
import { typeOf } from '../project-types/index.ts';
import { environmentLine, type OpenVariable } from './environment-line.ts';
import type { TemplateVariables } from './template.ts';

/**
 * What a project's template may use on one host. `env` is the whole value of `environment=`; `first` the first
 * process's number, its port where the project has one, else 0; `port` is null without one; `options` are the values
 * of the type's options, written as supervisor reads them.
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
    options: optionsOf(project),
  };
}

function optionsOf({ type, settings }: ProjectSnapshot): Record<string, string> {
  const values = Object.entries(openOptions(typeOf(type).options, settings.options));
  return Object.fromEntries(values.map(([name, value]) => [name, value.replaceAll('%', '%%')]));
}

/** Variables of a wider and of a narrower place as one list, the narrower one's winning: a project's and a host's. */
export function variablesInForce<T extends { name: string }>(wider: T[], narrower: T[]): T[] {
  return [...new Map([...wider, ...narrower].map((variable) => [variable.name, variable])).values()];
}
