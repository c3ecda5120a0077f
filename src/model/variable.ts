import { z } from 'zod';

/** One environment variable of a project or a placement. `value` is sealed wherever it is stored. */
export type Variable = { name: string; value: string; secret: boolean };

/** S46: names in capitals; values without control characters, at most 8 KiB; at most 200 of them. */
export const variableName = z.string().regex(/^[A-Z_][A-Z0-9_]{0,127}$/, 'variable_name');
export const variableValue = z
  .string()
  .max(8192)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'variable_value');

/** Variables that change how programs load code: only an admin may set them. */
export const dangerousVariables: ReadonlySet<string> = new Set([
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
  'PATH',
  'BASH_ENV',
  'ENV',
  'NODE_OPTIONS',
  'PYTHONPATH',
  'IFS',
]);
