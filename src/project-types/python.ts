import { type ProjectType, templateText } from './project-type.ts';

/** `python3 main.py --port=N`, a process per port. */
export const python: ProjectType = {
  name: 'python',
  supervised: true,
  usesPort: true,
  needsPort: true,
  manyProcesses: true,
  template: templateText('python'),
  defaultSettings: {},
  defaultChecks: { port: true, http: true, path: '/healthcheck', code: 200 },
};
