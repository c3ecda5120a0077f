import type { FieldError } from '../errors.ts';
import type { Translate } from '../i18n/index.ts';
import type { Typed } from './form.ts';

/** One field as its view needs it: parts/input.ejs and its siblings take it as `field`. */
export type FormField = {
  name: string;
  value: string;
  values: string[];
  checked: boolean;
  error: string | null;
};

/** A field with its first value, or with what was typed where the form is shown again. */
export function formField(
  name: string,
  first: string | number | boolean | string[] | null,
  typed: Typed | null,
  wrong: FieldError[],
  t: Translate,
): FormField {
  const now = typed === null ? plain(first) : typed[name];
  const values = now === undefined ? [] : Array.isArray(now) ? now : [now];
  return {
    name,
    value: values[0] ?? '',
    values,
    checked: typed === null ? first === true : typed[name] === 'on',
    error: wrong.length > 0 ? sayOnce(wrong.map(({ code, detail }) => t(`field.${code}`, detail))) : null,
  };
}

function sayOnce(messages: string[]): string {
  return [...new Set(messages)].join(' ');
}

function plain(value: string | number | boolean | string[] | null): string | string[] {
  if (Array.isArray(value)) return value;
  return value === null || typeof value === 'boolean' ? '' : String(value);
}
