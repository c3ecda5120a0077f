import { z } from 'zod';
import { type Option, orEmpty } from '../model/option.ts';
import { defaultProjectSettings, relativePath } from '../model/project.ts';
import { buildText, type ProjectType, templateText } from './project-type.ts';

/** Words that neither the shell nor supervisor reads anything into. */
const words = z
  .string()
  .trim()
  .max(2000)
  .regex(/^[A-Za-z0-9_@%+=:,./ -]*$/, 'plain_words');

const jarPath = relativePath.regex(/\.jar$/, 'jar');

const options: Option[] = [
  { name: 'maven_arguments', kind: 'line', schema: words.min(1), initial: '-B package', builds: true },
  { name: 'jar', kind: 'line', schema: orEmpty(jarPath, 'jar'), initial: '', builds: true },
  {
    name: 'name',
    kind: 'line',
    schema: jarPath.regex(/^[^/]+$/, 'jar'),
    initial: 'app.jar',
    builds: true,
  },
  { name: 'java_options', kind: 'line', schema: words, initial: '' },
  { name: 'arguments', kind: 'line', schema: words, initial: '' },
];

/** `java -jar app.jar --server.port=N`, a process per port; built by maven. */
export const javaJar: ProjectType = {
  name: 'java-jar',
  runtime: 'supervisor',
  usesPort: true,
  needsPort: true,
  manyProcesses: true,
  template: templateText('java-jar'),
  build: buildText('java-jar'),
  options,
  defaultSettings: { build: { ...defaultProjectSettings.build, output: 'deploy-jar' } },
  defaultChecks: { port: true, http: true, path: '/healthcheck', code: 200 },
};
