import { z } from 'zod';
import type { Option } from '../model/option.ts';
import { readTemplateFiles } from '../model/template-files.ts';
import type { ProjectType } from './project-type.ts';

/** Author-written shell, as the build command is. */
const shell = z
  .string()
  .max(8192)
  .regex(/^[^\x00]*$/, 'text');

const files = z
  .string()
  .max(32_768)
  .regex(/^[^\x00]*$/, 'text')
  .refine((text) => !('wrong' in readTemplateFiles(text)), 'template_files');

const options: Option[] = [
  { name: 'start', kind: 'lines', schema: shell.regex(/\S/, 'required'), initial: './start.sh' },
  { name: 'stop', kind: 'lines', schema: shell, initial: '' },
  { name: 'check', kind: 'lines', schema: shell, initial: '' },
  {
    name: 'check_seconds',
    kind: 'number',
    schema: z
      .string()
      .trim()
      .regex(/^(?:[1-9]\d{0,2}|[12]\d{3}|3[0-5]\d{2}|3600)$/, 'seconds'),
    initial: '30',
  },
  { name: 'files', kind: 'lines', schema: files, initial: '' },
];

/** Started, stopped and checked by commands of its author, which run on the host. */
export const custom: ProjectType = {
  name: 'custom',
  runtime: 'commands',
  usesPort: true,
  needsPort: false,
  manyProcesses: true,
  template: null,
  options,
  defaultSettings: {},
  defaultChecks: { port: false, http: false, path: '/healthcheck', code: 200 },
};
