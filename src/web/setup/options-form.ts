import type { z } from 'zod';
import { type Option, type OptionValues, optionValues } from '../../model/option.ts';
import type { FormField } from '../field.ts';
import { checkbox } from '../form.ts';
import type { Judge } from '../judge.ts';
import type { Page } from '../page.ts';
import { judgeGitUrl } from './git-url.ts';

/** An option as views/parts/option.ejs shows it. */
export type OptionView = {
  kind: Option['kind'];
  field: FormField;
  label: string;
  hint: string;
  choices: { value: string; label: string }[];
  /** A secret that is set: it is never shown, and stays where nothing is typed. */
  set: boolean;
};

const fieldName = (option: Option) => `option_${option.name}`;

/** The fields that a form has for these options; their names are known at run time only. */
export function optionShape(options: readonly Option[]): Record<never, z.ZodType> {
  return Object.fromEntries(options.map((option) => [fieldName(option), schemaOf(option)]));
}

function schemaOf({ kind, schema }: Option): z.ZodType {
  if (kind === 'checkbox') return checkbox.transform((ticked) => (ticked ? 'true' : ''));
  return kind === 'secret' ? schema.optional() : schema;
}

/** The values that a form with `optionShape` decided; a secret that was not typed stays as it was. */
export function readOptions(
  page: Judge,
  options: readonly Option[],
  form: Record<string, unknown>,
  before: OptionValues,
): OptionValues {
  const entries = options.map((option) => {
    const typed = String(form[fieldName(option)] ?? '');
    if (option.kind === 'git' && typed !== '')
      return [option.name, judgeGitUrl(page, typed, fieldName(option)).url];
    if (option.kind !== 'secret') return [option.name, typed];
    return [option.name, typed === '' ? (before[option.name] ?? '') : page.vault.seal(typed)];
  });
  return Object.fromEntries(entries);
}

/** The first values of these fields, for `page.fields`. */
export function optionFirst(
  options: readonly Option[],
  stored: OptionValues,
): Record<string, string | boolean> {
  const values = optionValues(options, stored);
  const first = ({ name, kind }: Option) => {
    if (kind === 'secret') return '';
    return kind === 'checkbox' ? values[name] === 'true' : (values[name] ?? '');
  };
  return Object.fromEntries(options.map((option) => [fieldName(option), first(option)]));
}

/** The options for a view. `owner` is the type or registry: it names their texts `option.<owner>.<name>`. */
export function optionViews(
  page: Page,
  owner: string,
  options: readonly Option[],
  fields: Record<string, FormField>,
  stored: OptionValues,
): OptionView[] {
  return options.map((option) => {
    const text = `option.${owner}.${option.name}`;
    return {
      kind: option.kind,
      field: fields[fieldName(option)] as FormField,
      label: page.t(text),
      hint: page.t(`${text}_hint`),
      choices: (option.choices ?? []).map((value) => ({ value, label: page.t(`${text}_${value}`) })),
      set: option.kind === 'secret' && Boolean(stored[option.name]),
    };
  });
}
