import { type ProjectType, templateText } from './project-type.ts';

/** `deploy_start.sh` in the foreground, several processes where wanted, with or without ports. */
export const sh: ProjectType = {
  name: 'sh',
  runtime: 'supervisor',
  usesPort: true,
  needsPort: false,
  manyProcesses: true,
  template: templateText('sh'),
  options: [],
  defaultSettings: {},
  defaultChecks: { port: false, http: false, path: '/healthcheck', code: 200 },
};
