import { z } from 'zod';

/** A whole number in digits, nothing else: no sign, exponent or other base. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .regex(/^\d{1,9}$/, 'number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** The same, where nothing typed means null. */
export const wholeOrNone = (min: number, max: number) => orNone(whole(min, max));

/** A field that may be left empty: null then. Around it white space does not count. */
export function orNone<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (value) => (typeof value !== 'string' || value.trim() === '' ? null : value.trim()),
    schema.nullable(),
  );
}

/** The id of a row of ours. */
export const rowId = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'choice');

/** The revision on which a form was opened. */
export const revision = z
  .string()
  .regex(/^\d{1,9}$/, 'number')
  .transform(Number);
