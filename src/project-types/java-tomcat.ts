import { z } from 'zod';
import { absolutePath } from '../model/host-settings.ts';
import { defaultProjectSettings } from '../model/project.ts';
import { type ProjectType, templateFile } from './project-type.ts';

const text = z
  .string()
  .max(32_768)
  .regex(/^[^\x00-\x08\x0b-\x1f\x7f]*$/, 'text');

/** The ports that Tomcat takes besides the one that it serves on, as the original counts them. */
export function tomcatPorts(port: number): { ajp: number; shutdown: number } {
  return { ajp: port - 105, shutdown: port - 75 };
}

/** A war in a Tomcat of its own, made from a standard empty Tomcat of the host. */
export const javaTomcat: ProjectType = {
  name: 'java-tomcat',
  runtime: 'tomcat',
  usesPort: true,
  needsPort: true,
  manyProcesses: false,
  template: null,
  mainFile: 'webapps/ROOT.war',
  otherPorts: (port) => Object.values(tomcatPorts(port)),
  options: [
    { name: 'home', kind: 'line', schema: absolutePath, initial: '/app/tomcat' },
    { name: 'ajp', kind: 'checkbox', schema: z.string(), initial: '' },
    {
      name: 'server_xml',
      kind: 'lines',
      schema: text.min(1),
      initial: templateFile('java-tomcat.server.xml.liquid'),
    },
    { name: 'setenv', kind: 'lines', schema: text, initial: templateFile('java-tomcat.setenv.sh.liquid') },
  ],
  defaultSettings: {
    build: {
      ...defaultProjectSettings.build,
      command: 'mvn -B package\nmkdir -p dist/webapps\ncp target/*.war dist/webapps/ROOT.war\n',
      output: 'dist',
    },
    startSeconds: 10,
    stopSeconds: 20,
  },
  defaultChecks: { port: true, http: true, path: '/healthcheck', code: 200 },
};
