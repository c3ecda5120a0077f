import { CedarError, InvalidForm } from '../../errors.ts';
import type { Typed } from '../form.ts';
import { z } from './schemas/z.ts';

type Value = string | number | boolean | null | Record<string, string>;

/** A value as a form's field takes it, from JSON: a text, a number, a yes or no, or nothing. */
export const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * JSON fields as a browser would have sent them, so that the very same validators judge both: numbers as digits,
 * true as a ticked box, null as an empty field, `options` as one field each.
 */
export function typedFrom(values: Record<string, Value | undefined>): Typed {
  const { options, ...plain } = values;
  const chosen = Object.entries(options !== null && typeof options === 'object' ? options : {});
  const entries = [...Object.entries(plain), ...chosen.map(([name, value]) => [`option_${name}`, value])];
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      if (value === undefined || value === false) return [];
      return [[name, value === true ? 'on' : value === null ? '' : String(value)]];
    }),
  );
}

/** Runs a validator; what it refuses at a field of the form is told at the field of the JSON body. */
export async function inJsonWords<T>(judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof CedarError && error.code === 'unknown_field')
      throw new CedarError('unknown_key', { field: jsonName(String(error.detail.field)) }, 400);
    if (!(error instanceof InvalidForm)) throw error;
    const names = error.fields.map((one) => ({ ...one, field: jsonName(one.field) }));
    throw new InvalidForm(names);
  }
}

function jsonName(field: string): string {
  return field.replace(/^option_/, 'options.');
}
