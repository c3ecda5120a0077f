import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Option } from '../model/option.ts';
import type { ProjectSettings } from '../model/project.ts';

/**
 * Who runs it on a host. `supervisor`: supervisord, by the type's template. `files`: a web server of the machine that
 * reads the project's folder. `php`: the same, through php-fpm. `tomcat`: a Tomcat of its own. `cron`: the machine's
 * cron, by the project's schedule. `commands`: its author's own commands.
 */
export type Runtime = 'supervisor' | 'files' | 'php' | 'tomcat' | 'cron' | 'commands';

/** How one kind of service is started and checked. Its texts are `type.<name>` of the locale files. */
export type ProjectType = {
  name: string;
  runtime: Runtime;
  /** May have a port: its processes listen on it and the ones after it. */
  usesPort: boolean;
  /** Must have one. */
  needsPort: boolean;
  /** A placement may have more than one process. */
  manyProcesses: boolean;
  /** Supervisor template in Liquid, or null for a type that is not supervised. */
  template: string | null;
  /** Shell that builds it, in place of the project's build command, which it gets as CEDAR_MAKE; see buildText. */
  build?: string;
  /** The further steps of the deploy machine that it needs, among those that the table of the plans names. */
  prepares?: readonly string[];
  /** Path of a file that every release must hold. */
  mainFile?: string;
  /** Ports that a process takes besides its own, which is given. */
  otherPorts?: (port: number) => number[];
  /** What it wants to know besides, in the order of the form. */
  options: readonly Option[];
  /** What a new project of this type starts with, beyond the general defaults. */
  defaultSettings: Partial<ProjectSettings>;
  /** What a new project of this type has checked after a restart. */
  defaultChecks: Pick<ProjectSettings['checks'], 'port' | 'http' | 'path' | 'code'>;
};

/** True for a type that runs under supervisor. */
export function isSupervised({ runtime }: Pick<ProjectType, 'runtime'>): boolean {
  return runtime === 'supervisor';
}

/** True for a type that has processes which take time to start and to stop. */
export function hasProcesses({ runtime }: Pick<ProjectType, 'runtime'>): boolean {
  return runtime === 'supervisor' || runtime === 'tomcat' || runtime === 'commands';
}

/** The text of `templates/<name>.conf.liquid`. */
export function templateText(name: string): string {
  return templateFile(`${name}.conf.liquid`);
}

/** The text of `templates/<name>.build.sh`. */
export function buildText(name: string): string {
  return templateFile(`${name}.build.sh`);
}

/** The text of a file of the folder templates/. */
export function templateFile(file: string): string {
  return readFileSync(join(import.meta.dirname, '../../templates', file), 'utf8');
}
