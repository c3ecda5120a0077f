import { z } from 'zod';
import type { Option } from '../model/option.ts';
import { unknownPlaces } from './places.ts';

const controls = /[\x00-\x1f\x7f]/;
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((value) => !controls.test(value), 'line');

/** One line with `{…}` places. */
export function placed(max = 200, needed = false) {
  return (needed ? text(max).min(1) : text(max)).refine(
    (value) => unknownPlaces(value, ['direction']).length === 0,
    'place',
  );
}

const stand = { host: 'h.example', hostname: 'h', port: '80', process: '1', direction: 'in' };

/** An http(s) address with places: no credentials and no fragment, and places only where values can be put safely. */
export const address = placed(500).refine(isAddress, 'address_template');
export const addressOrNone = placed(500).refine(
  (value) => value === '' || isAddress(value),
  'address_template',
);

function isAddress(value: string): boolean {
  if (
    !/^https?:\/\/[^\s\\@#{}/?]*(?:\{(?:host|hostname)\})?[^\s\\@#{}/?]*(?::\{port\})?(?:[/?][^\s\\#]*)?$/.test(
      value,
    )
  )
    return false;
  const sample = value.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => stand[name as keyof typeof stand] ?? 'x',
  );
  return URL.canParse(sample) && !isLinkLocal(new URL(sample).hostname);
}

/** S62: cloud machines tell their secrets there. */
function isLinkLocal(hostname: string): boolean {
  return /^169\.254\.|^\[(?:fe[89ab]|::ffff:a9fe:)/.test(hostname) || /^metadata(\.|$)/.test(hostname);
}

/** A choice of words. */
export function choice(name: string, choices: readonly [string, ...string[]]): Option {
  return { name, kind: 'choice', schema: z.enum(choices), initial: choices[0], choices };
}

/** Whose network a call goes through. */
export const from = choice('from', ['worker', 'host']);

/** A secret: what cannot be in a header cannot be in it. */
export function secret(name: string): Option {
  return {
    name,
    kind: 'secret',
    schema: z
      .string()
      .max(2000)
      .regex(/^[\x20-\x7e]*$/, 'line'),
    initial: '',
  };
}

/** A line that may be empty. */
export function line(name: string, initial = '', max = 200): Option {
  return { name, kind: 'line', schema: placed(max), initial };
}

/** A line that must say something. */
export function neededLine(name: string, initial = '', max = 200): Option {
  return { name, kind: 'line', schema: placed(max, true), initial };
}

/** A tick. */
export function tick(name: string, initial = false): Option {
  return { name, kind: 'checkbox', schema: z.enum(['', 'true']), initial: initial ? 'true' : '' };
}

/** A whole number, in digits. */
export function number(name: string, initial: string, min: number, max: number): Option {
  const schema = z
    .string()
    .trim()
    .regex(/^-?\d{1,6}$/, 'number')
    .refine((value) => Number(value) >= min && Number(value) <= max, 'number');
  return { name, kind: 'number', schema, initial };
}
