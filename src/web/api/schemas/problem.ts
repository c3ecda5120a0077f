import { z } from './z.ts';

/** An error as RFC 9457 (Problem Details for HTTP APIs) has it. */
export const problemSchema = z.object({
  type: z.string().describe('`urn:cedardeploy:error:` and the code'),
  title: z.string().describe('One sentence for people, in the language of Accept-Language'),
  status: z.int(),
  code: z.string().describe('Stays the same in every language: what programs go by'),
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
  field: z.string().optional().describe('The first wrong field'),
  errors: z
    .array(z.object({ field: z.string(), code: z.string(), message: z.string() }))
    .optional()
    .describe('Every wrong field'),
  remedy: z.string().describe('What can be done about it'),
  requestId: z.string().describe('Stands in the log of the console'),
});
export type Problem = z.output<typeof problemSchema>;
