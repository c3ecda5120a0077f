import { type ProjectType, templateText } from './project-type.ts';

/** `node index.js --port=N`, a process per port. */
export const nodejs: ProjectType = {
  name: 'nodejs',
  runtime: 'supervisor',
  usesPort: true,
  needsPort: true,
  manyProcesses: true,
  template: templateText('nodejs'),
  options: [],
  defaultSettings: {},
  defaultChecks: { port: true, http: true, path: '/healthcheck', code: 200 },
};
