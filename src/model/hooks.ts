import { z } from 'zod';

/**
 * Where a project may have a command of its own: around the build in the checkout, once per operation around the
 * switch on the deploy machine, and around the switch on every host.
 */
export const hookPlaces = [
  'before-build',
  'after-build',
  'before-switch',
  'after-switch',
  'host-before-switch',
  'host-after-switch',
] as const;
export type HookPlace = (typeof hookPlaces)[number];

export const hooksSchema = z.partialRecord(
  z.enum(hookPlaces),
  z.strictObject({
    /** Author-written shell, as the build command is. */
    command: z
      .string()
      .min(1)
      .max(8192)
      .regex(/^[^\x00]*$/, 'text'),
    timeoutSeconds: z.coerce.number().int().min(1).max(86_400),
    /** May it be run again when nobody knows whether it ran to its end? Otherwise it runs at most once. */
    repeatable: z.boolean().default(false),
  }),
);
export type Hooks = z.output<typeof hooksSchema>;
export type Hook = NonNullable<Hooks[HookPlace]>;

/** True for the places on the hosts; the others are on the deploy machine. */
export function isOnHosts(place: HookPlace): boolean {
  return place.startsWith('host-');
}
