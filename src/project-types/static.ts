import { webOptions } from '../model/web-options.ts';
import type { ProjectType } from './project-type.ts';

/** Files that a web server of the machine serves from the project's folder: nothing to restart, at most to reload. */
export const staticFiles: ProjectType = {
  name: 'static',
  runtime: 'files',
  usesPort: false,
  needsPort: false,
  manyProcesses: false,
  template: null,
  options: webOptions,
  defaultSettings: {},
  defaultChecks: { port: false, http: false, path: '/', code: 200 },
};
