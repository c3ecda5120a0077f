import { type ProjectType, templateText } from './project-type.ts';

/** `python3 main.py --port=N`, a process per port. */
export const python: ProjectType = {
  name: 'python',
  runtime: 'supervisor',
  usesPort: true,
  needsPort: true,
  manyProcesses: true,
  template: templateText('python'),
  options: [],
  defaultSettings: {},
  defaultChecks: { port: true, http: true, path: '/healthcheck', code: 200 },
};
