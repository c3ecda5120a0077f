import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectSettings } from '../model/project.ts';

/** How one kind of service is started and checked. Its texts are `type.<name>` of the locale files. */
export type ProjectType = {
  name: string;
  /** Runs under supervisor; false: files are all there is, and a deploy restarts nothing. */
  supervised: boolean;
  /** May have a port: its processes listen on it and the ones after it. */
  usesPort: boolean;
  /** Must have one. */
  needsPort: boolean;
  /** A placement may have more than one process. */
  manyProcesses: boolean;
  /** Supervisor template in Liquid, or null for a type that is not supervised. */
  template: string | null;
  /** What a new project of this type starts with, beyond the general defaults. */
  defaultSettings: Partial<ProjectSettings>;
  /** What a new project of this type has checked after a restart. */
  defaultChecks: ProjectSettings['checks'];
};

/** The text of `templates/<name>.conf.liquid`. */
export function templateText(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../templates', `${name}.conf.liquid`), 'utf8');
}
