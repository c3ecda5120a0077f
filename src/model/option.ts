import type { z } from 'zod';

/** How a form asks for it: one line, several lines, a number, a tick, one of some words, or a secret. */
export type OptionKind = 'line' | 'lines' | 'number' | 'checkbox' | 'choice' | 'secret';

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
};

/** The values of an owner's options, by name. */
export type OptionValues = Record<string, string>;

/** One value for each option: the stored one, else the initial one; what is not an option any more is left out. */
export function optionValues(options: readonly Option[], stored: OptionValues): OptionValues {
  return Object.fromEntries(options.map(({ name, initial }) => [name, stored[name] ?? initial]));
}
