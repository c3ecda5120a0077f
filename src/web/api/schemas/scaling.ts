import { operationStates } from '../../../model/operation.ts';
import { passField } from './pass.ts';
import { rowId, z } from './z.ts';

const lineOf = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'line');

/** A yes or no, in JSON or in a form. */
const yesNo = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .transform((word) => word === true || word === 'true' || word === '1');

/** A whole number, in JSON or in a form. */
const number = (min: number, max: number) =>
  z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\d{1,5}$/, 'number')
        .transform(Number),
    ])
    .pipe(z.int().min(min).max(max));

const wait = z
  .union([yesNo, number(0, 86_400)])
  .optional()
  .describe(
    'false: answer 202 at once · seconds: wait so long · left out: until the end, within the bound set here',
  );

export const expansionBody = z.object({
  project: z.string().min(1).max(80).describe('Its key, such as `online_shop`'),
  host: z.string().min(1).max(253).describe('IP address or DNS name of the machine'),
  hostname: lineOf(253).optional().describe('Its name here; empty or left out: it is asked'),
  reason: lineOf(500).optional(),
  host_key: lineOf(2000)
    .optional()
    .describe('Line of ssh-keyscan, its base64, or `SHA256:…`: what it must show'),
  processes: number(1, 100).optional().describe('1 where left out'),
  pass: passField,
  wait,
});

export const reducedBody = z.object({
  project: z.string().min(1).max(80).describe('Its key'),
  host: z.string().min(1).max(253).describe('Id, name or address of the host'),
  reason: lineOf(500).optional(),
  gone: yesNo.optional().describe('The machine is gone for good: nothing is asked of it'),
  pass: passField,
  wait,
});

const status = z
  .enum(['ok', 'fail', 'waiting'])
  .describe('ok: done · fail: not done · waiting: not over yet');
const task = {
  taskid: rowId,
  state: z.enum(operationStates),
  href: z.string().describe('Its status address'),
};

export const expansionAnswer = z
  .object({
    status,
    output: z.string().describe('What went wrong, else the end of the log'),
    operation: z.string(),
    host: z.string(),
    project: z.string(),
    tag: z.string().describe('Name of the release that it got'),
    ...task,
  })
  .openapi('Expansion');

export const reducedAnswer = z
  .object({
    status,
    log: z.string(),
    data: z.object({ operation: z.string(), ...task }),
    project: z.string(),
    host: z.string(),
  })
  .openapi('Reduction');
