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
  }),
);
export type Hooks = z.output<typeof hooksSchema>;
