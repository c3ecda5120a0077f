import { z } from 'zod';

/** Between how many hosts programs may move a project; people are not bound by it. */
export const scalingSchema = z.strictObject({
  floor: z.coerce.number().int().min(0).max(10_000),
  ceiling: z.coerce.number().int().min(1).max(10_000),
});
export type Scaling = z.output<typeof scalingSchema>;

export const defaultScaling: Scaling = { floor: 1, ceiling: 100 };
