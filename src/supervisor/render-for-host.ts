import type { Vault } from '../auth/vault.ts';
import { CedarError } from '../errors.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { isSupervised, typeOf } from '../project-types/index.ts';
import { checkProgram } from './check-program.ts';
import { awkwardNames, decodingCommand, type OpenVariable } from './environment-line.ts';
import { namesIn } from './process-names.ts';
import type { ProgramPlace } from './program-options.ts';
import type { ProgramProblem } from './program-text.ts';
import { renderProgram } from './template.ts';
import { programVariables, variablesInForce } from './variables.ts';

/** A program as a host would get it, and what is wrong with it (line 0: the text as a whole). */
export type ProgramPreview = { text: string; problems: ProgramProblem[] };

/**
 * The supervisor file of a project for one host, checked: what the engine writes. Empty for a type that is not
 * supervised.
 * @throws CedarError `template` (Liquid refused it) or `program` naming the first problem.
 */
export function renderForHost(project: ProjectSnapshot, host: HostSnapshot, vault: Vault): string {
  if (!isSupervised(typeOf(project.type))) return '';
  const { text, problems } = previewForHost(project, host, vault);
  const first = problems[0];
  if (first) throw new CedarError('program', { host: host.name, problem: first.code, line: first.line }, 422);
  return text;
}

/**
 * The same text together with its problems, for the preview. Values of secret variables are in it: pass
 * `mask` to show something else in their place.
 * @throws CedarError `template`.
 */
export function previewForHost(
  project: ProjectSnapshot,
  host: HostSnapshot,
  vault: Vault,
  mask?: string,
): ProgramPreview {
  const variables = variablesInForce(project.env, host.env).map(
    ({ name, value, secret }): OpenVariable => ({
      name,
      value: secret && mask !== undefined ? mask : vault.open(value),
    }),
  );
  const text = renderWith(project, host, variables);
  return { text, problems: checkProgram(text, placeOf(project, host)) };
}

/** Full names `group:name` of a project's processes on a host, aligned with the process index and the port; none
 * for a type that is not supervised. */
export function processNames(project: ProjectSnapshot, host: HostSnapshot): string[] {
  if (!isSupervised(typeOf(project.type))) return [];
  return namesIn(renderWith(project, host, []), project.key);
}

/** What a project's program is held against on a host. */
export function placeOf(project: ProjectSnapshot, host: HostSnapshot): ProgramPlace {
  return {
    key: project.key,
    directory: `${host.settings.hostPath}/${project.key}`,
    logDir: `${host.settings.logPath}/${project.key}`,
    processes: host.processes,
  };
}

function renderWith(project: ProjectSnapshot, host: HostSnapshot, variables: OpenVariable[]): string {
  const text = renderProgram(project.template, programVariables(project, host, variables));
  const names = awkwardNames(variables);
  const lines = text.replace(/\r\n/g, '\n').trimEnd().split('\n');
  return `${lines.map((line) => withDecoding(line, names)).join('\n')}\n`;
}

const COMMAND = /^command[ \t]*=[ \t]*/;

function withDecoding(line: string, names: string[]): string {
  if (!COMMAND.test(line)) return line;
  return `command=${decodingCommand(names, line.replace(COMMAND, ''))}`;
}
