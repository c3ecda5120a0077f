import { z } from 'zod';

/** Which service registry a project's processes are taken out of and put back into, and how patiently. */
export const registrySettingsSchema = z.strictObject({
  /** A name of registries/index.ts. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'name'),
  /** What that registry wants to know; secrets are sealed. */
  options: z.record(z.string(), z.string()),
  /** How long traffic drains after a process was taken out. */
  drainSeconds: z.coerce.number().int().min(0).max(3600),
  /** Deadline of one call to the registry. */
  timeoutSeconds: z.coerce.number().int().min(1).max(600),
  /** A call that fails stops the operation; false: it is only logged. */
  required: z.boolean(),
});
export type RegistrySettings = z.output<typeof registrySettingsSchema>;

export const defaultRegistrySettings: RegistrySettings = {
  name: 'none',
  options: {},
  drainSeconds: 0,
  timeoutSeconds: 10,
  required: true,
};
