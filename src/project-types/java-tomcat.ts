import { z } from 'zod';
import { absolutePath } from '../model/host-settings.ts';
import { orEmpty } from '../model/option.ts';
import { defaultProjectSettings, relativePath } from '../model/project.ts';
import { buildText, type ProjectType, templateFile } from './project-type.ts';

/** Words that the shell reads nothing into. */
const words = z
  .string()
  .trim()
  .max(2000)
  .regex(/^[A-Za-z0-9_@%+=:,./ -]*$/, 'plain_words');

const warPath = relativePath.regex(/\.war$/, 'war');

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
  build: buildText('java-tomcat'),
  options: [
    { name: 'maven_arguments', kind: 'line', schema: words.min(1), initial: '-B package', builds: true },
    { name: 'war', kind: 'line', schema: orEmpty(warPath, 'war'), initial: '', builds: true },
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
    build: { ...defaultProjectSettings.build, output: 'deploy-war' },
    startSeconds: 10,
    stopSeconds: 20,
  },
  defaultChecks: { port: true, http: true, path: '/healthcheck', code: 200 },
};
