import { z } from 'zod';
import { CedarError, type FieldError, InvalidForm } from '../errors.ts';

export { line, notes } from '../model/typed-text.ts';

/** One line of text, trimmed; null where nothing was typed. */
export const lineOrNone = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'line')
    .transform((text) => text || null);

/** A checkbox: true when ticked. Browsers send nothing for an unticked one. */
export const checkbox = z
  .literal('on')
  .optional()
  .transform((word) => word === 'on');

/** Fields of one name that may occur any number of times (checkboxes, multiple choice). */
export const many = <S extends z.ZodType>(item: S) =>
  z.preprocess(
    (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
    z.array(item).max(200),
  );

/** What a browser sent, by field name. */
export type Typed = Record<string, string | string[]>;

/**
 * Checks what was sent against a schema.
 * @throws InvalidForm with every wrong field; CedarError `unknown_field` (400) where a field is not of this form.
 */
export function readForm<S extends z.ZodObject>(schema: S, body: unknown): z.output<S> {
  const typed = typedOf(body);
  const unknown = Object.keys(typed).find((name) => !Object.hasOwn(schema.shape, name));
  if (unknown !== undefined) throw new CedarError('unknown_field', { field: unknown.slice(0, 60) }, 400);
  const read = schema.safeParse(typed, { error: codeOf });
  if (read.success) return read.data;
  throw new InvalidForm(read.error.issues.map(fieldError));
}

/** The sent fields without the token; line ends as `\n`. */
export function typedOf(body: unknown): Typed {
  const sent = Object.entries((body ?? {}) as Record<string, string | string[]>);
  return Object.fromEntries(
    sent
      .filter(([name]) => name !== '_csrf')
      .map(([name, value]) => [name, Array.isArray(value) ? value.map(unixLines) : unixLines(value)]),
  );
}

function unixLines(text: string): string {
  return String(text).replace(/\r\n?/g, '\n');
}

/** The code of a message (`field.<code>`) for what a schema found wrong. */
export function codeOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'required' : 'type';
  if (issue.code === 'too_small')
    return issue.origin === 'string' && issue.minimum === 1 ? 'required' : 'too_small';
  if (issue.code === 'too_big') return issue.origin === 'string' ? 'too_long' : 'too_big';
  return issue.code === 'invalid_value' ? 'choice' : 'wrong';
}

/** What a schema found wrong, as the fields of forms tell it. */
export function fieldError(issue: z.core.$ZodIssue): FieldError {
  const detail: Record<string, string | number> = {};
  if (issue.code === 'too_small') detail.minimum = Number(issue.minimum);
  if (issue.code === 'too_big') detail.maximum = Number(issue.maximum);
  if (issue.code === 'custom') Object.assign(detail, issue.params);
  return { field: issue.path.map(String).join('.'), code: issue.message, detail };
}
