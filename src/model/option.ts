import { z } from 'zod';

/**
 * How a form asks for it: one line, several lines, a number, a tick, one of some words, a secret, or a repository's
 * address (empty, or judged as the project's own).
 */
export type OptionKind = 'line' | 'lines' | 'number' | 'checkbox' | 'choice' | 'secret' | 'git';

/**
 * One thing that a project type or a registry wants to know of a project. Values are kept as texts: a ticked
 * checkbox as `true`, an unticked one as the empty text, a secret sealed.
 */
export type Option = {
  /** Small letters, digits and _; its texts are `option.<owner>.<name>` and `option.<owner>.<name>_hint`. */
  name: string;
  kind: OptionKind;
  /** What may be typed; messages are codes of `field.<code>`. */
  schema: z.ZodType<string>;
  initial: string;
  choices?: readonly string[];
  /** It decides what a build yields: the build's shell sees it as `CEDAR_OPTION_<NAME>`. */
  builds?: boolean;
};

/** What `schema` takes, or nothing. @param code of what is wrong with anything else. */
export function orEmpty(schema: z.ZodType<string>, code: string): z.ZodType<string> {
  return z
    .string()
    .trim()
    .refine((text) => text === '' || schema.safeParse(text).success, code);
}

/** The values of an owner's options, by name. */
export type OptionValues = Record<string, string>;

/** One value for each option: the stored one, else the initial one; what is not an option any more is left out. */
export function optionValues(options: readonly Option[], stored: OptionValues): OptionValues {
  return Object.fromEntries(options.map(({ name, initial }) => [name, stored[name] ?? initial]));
}

/** As `optionValues`, without the secrets. */
export function openOptions(options: readonly Option[], stored: OptionValues = {}): OptionValues {
  return optionValues(
    options.filter(({ kind }) => kind !== 'secret'),
    stored,
  );
}
