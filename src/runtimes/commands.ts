import type { Vault } from '../auth/vault.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { openOptions } from '../model/option.ts';
import { readTemplateFiles, type TemplateFile } from '../model/template-files.ts';
import { typeOf } from '../project-types/index.ts';
import { quote } from '../shells/ssh/quote.ts';
import { renderProgram } from '../supervisor/template.ts';
import { programVariables, variablesInForce } from '../supervisor/variables.ts';

export { instanceNames, runsByCommands } from './process-names.ts';

/** One process of a project that its author's commands run, on one host; `process` counts from 0. */
export type Instance = { project: ProjectSnapshot; host: HostSnapshot; process: number };

/** What the author typed. `checkSeconds`: so long the check may fail after a start. */
export type Commands = { start: string; stop: string; check: string; checkSeconds: number; files: string };

export function commandsOf({ type, settings }: Pick<ProjectSnapshot, 'type' | 'settings'>): Commands {
  const values = openOptions(typeOf(type).options, settings.options);
  const { start = '', stop = '', check = '', check_seconds: seconds, files = '' } = values;
  const given = (command: string) => (command.trim() === '' ? '' : command);
  return { start, stop: given(stop), check: given(check), checkSeconds: Number(seconds), files };
}

export function portOf({ project, process }: Instance): number | null {
  return project.port === null ? null : project.port + process;
}

/** The file that holds what the process prints. */
export function logFile({ project, host, process }: Instance): string {
  return `${host.settings.logPath}/${project.key}/${project.key}_${process}.log`;
}

/** What a command may use, as lines of sh for its standard input: values never stand in an argv. */
export function environmentOf(instance: Instance, vault: Vault): string {
  const { project, host, process } = instance;
  const { hostPath, logPath } = host.settings;
  const own = variablesInForce(project.env, host.env).map(({ name, value }) => [name, vault.open(value)]);
  const variables: Record<string, string> = {
    ...Object.fromEntries(own),
    CEDAR_PROJECT: project.key,
    CEDAR_ENVIRONMENT: project.environment,
    CEDAR_HOST: host.name,
    CEDAR_ADDRESS: host.address,
    CEDAR_PROCESS: String(process),
    CEDAR_PORT: String(portOf(instance) ?? ''),
    CEDAR_DIRECTORY: `${hostPath}/${project.key}`,
    CEDAR_FILES: `${hostPath}/.cedar/${project.key}/files/${process}`,
    CEDAR_LOGS: `${logPath}/${project.key}`,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quote([value])}\n`)
    .join('');
}

/**
 * The project's template files, filled for one process. They know what supervisor templates know, but for `env`, and
 * `number` (of the process, from 0), `process_port`, and `variables` by name, secret ones too.
 * @throws CedarError `template`
 */
export function filesFor(instance: Instance, vault: Vault): TemplateFile[] {
  const { project, host, process } = instance;
  const read = readTemplateFiles(commandsOf(project).files);
  if ('wrong' in read) return [];
  const { env, ...known } = programVariables(project, host, []);
  const own = variablesInForce(project.env, host.env).map(({ name, value }) => [name, vault.open(value)]);
  const variables = {
    ...known,
    number: process,
    process_port: portOf(instance),
    files: `${host.settings.hostPath}/.cedar/${project.key}/files/${process}`,
    variables: Object.fromEntries(own) as Record<string, string>,
  };
  return read.map(({ path, text }) => ({ path, text: renderProgram(text, variables) }));
}
