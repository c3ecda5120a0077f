import { z } from 'zod';

/** One setting: its environment name, what it may be, and the sentence that docs/settings.md prints. */
export type Setting = { name: string; about: string; schema: z.ZodType; secret?: boolean };

/** A duration in seconds. */
export const seconds = (value: number, min = 0.05, max = 86_400) =>
  z.coerce.number().min(min).max(max).default(value);
/** A whole number. */
export const count = (value: number, min = 1, max = 1_000_000_000) =>
  z.coerce.number().int().min(min).max(max).default(value);
/** true or false, also written 1 or 0. */
export const flag = (value: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(value ? 'true' : 'false')
    .transform((word) => word === 'true' || word === '1');
