import { z } from 'zod';
import { absolutePath } from '../model/host-settings.ts';
import { commandWords, webOptions } from '../model/web-options.ts';
import type { ProjectType } from './project-type.ts';

const ways = ['real-path', 'fpm'] as const;
const seconds = z
  .string()
  .trim()
  .regex(/^[1-9]\d{0,2}$/, 'number');
const pathOrNone = z.union([z.literal(''), absolutePath]);

/** PHP behind nginx and php-fpm of the machine. No request may see two releases, see docs/types/php.md. */
export const php: ProjectType = {
  name: 'php',
  runtime: 'php',
  usesPort: false,
  needsPort: false,
  manyProcesses: false,
  template: null,
  options: [
    { name: 'one_release', kind: 'choice', schema: z.enum(ways), initial: 'real-path', choices: ways },
    { name: 'nginx_conf', kind: 'line', schema: pathOrNone, initial: '' },
    { name: 'fpm_pid', kind: 'line', schema: pathOrNone, initial: '' },
    { name: 'fpm_signal', kind: 'line', schema: commandWords.min(1), initial: 'kill' },
    { name: 'fpm_seconds', kind: 'number', schema: seconds, initial: '30' },
    ...webOptions,
  ],
  defaultSettings: {},
  defaultChecks: { port: false, http: false, path: '/', code: 200 },
};
