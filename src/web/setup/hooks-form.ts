import { z } from 'zod';
import { type HookPlace, type Hooks, hookPlaces } from '../../model/hooks.ts';
import { checkbox } from '../form.ts';
import type { Page } from '../page.ts';
import { revision, whole } from './setup-fields.ts';

const SECONDS = 600;

const command = z
  .string()
  .max(8192)
  .regex(/^[^\x00]*$/, 'text');

/** Three fields for each place: `command_<place>`, `seconds_<place>`, `repeatable_<place>`. */
export const hooksForm = z.object({
  revision,
  ...Object.fromEntries(
    hookPlaces.flatMap((place): [string, z.ZodType][] => [
      [`command_${place}`, command],
      [`seconds_${place}`, whole(1, 86_400)],
      [`repeatable_${place}`, checkbox],
    ]),
  ),
});

/** The hooks that a form decided: none where no command was typed. */
export function hooksOf(form: Record<string, unknown>): Hooks {
  const typed = hookPlaces.filter((place) => String(form[`command_${place}`]).trim() !== '');
  return Object.fromEntries(
    typed.map((place) => [
      place,
      {
        command: String(form[`command_${place}`]),
        timeoutSeconds: Number(form[`seconds_${place}`]),
        repeatable: form[`repeatable_${place}`] === true,
      },
    ]),
  );
}

/** The form's first values. */
export function hooksValues(hooks: Hooks): Record<string, string | number | boolean> {
  return Object.fromEntries(
    hookPlaces.flatMap((place): [string, string | number | boolean][] => [
      [`command_${place}`, hooks[place]?.command ?? ''],
      [`seconds_${place}`, hooks[place]?.timeoutSeconds ?? SECONDS],
      [`repeatable_${place}`, hooks[place]?.repeatable ?? false],
    ]),
  );
}

/** The places as the view shows them, with their fields. */
export function hookViews(page: Page, fields: ReturnType<Page['fields']>, hooks: Hooks) {
  return hookPlaces.map((place: HookPlace) => ({
    place,
    set: hooks[place] !== undefined,
    title: page.t(`step.${place}`),
    about: page.t(`projects.hook_about.${place}`),
    command: fields[`command_${place}`],
    seconds: fields[`seconds_${place}`],
    repeatable: fields[`repeatable_${place}`],
  }));
}
