import { CedarError } from '../errors.ts';
import { custom } from './custom.ts';
import { golang } from './golang.ts';
import { javaJar } from './java-jar.ts';
import { javaTomcat } from './java-tomcat.ts';
import { job } from './job.ts';
import { nodejs } from './nodejs.ts';
import { php } from './php.ts';
import type { ProjectType } from './project-type.ts';
import { python } from './python.ts';
import { sh } from './sh.ts';
import { staticFiles } from './static.ts';

export { hasProcesses, isSupervised, type ProjectType, type Runtime } from './project-type.ts';

/** Every type, in the order of the form. */
export const projectTypes: readonly ProjectType[] = [
  nodejs,
  python,
  golang,
  javaJar,
  javaTomcat,
  sh,
  staticFiles,
  php,
  job,
  custom,
];

/** @throws CedarError `project_type` where no type has this name. */
export function typeOf(name: string): ProjectType {
  const type = projectTypes.find((candidate) => candidate.name === name);
  if (!type) throw new CedarError('project_type', { name }, 422);
  return type;
}
