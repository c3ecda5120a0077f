import { z } from './z.ts';

/** The same field of every address that starts something. */
export const passField = z
  .string()
  .max(500)
  .regex(/^[^\x00-\x1f\x7f]*$/, 'line')
  .optional()
  .describe("An administrator's reason to go past a closed window, a freeze or a lock; kept and told");
