import { z } from './z.ts';

const LIMIT = 50;
const MOST = 200;

/** How a list is read page by page. */
export const pagingShape = {
  after: z.string().max(128).optional().describe('`next` of the page before'),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'number')
    .transform(Number)
    .pipe(z.number().min(1).max(MOST))
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: MOST, default: LIMIT }),
};
export const paging = z.object(pagingShape);

/** A page of a list. `next` is null on the last one. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** One page of a list that is at hand whole, sorted by `key`. */
export function sliced<T>(
  all: T[],
  key: (item: T) => string,
  { after, limit = LIMIT }: { after?: string; limit?: number },
): { items: T[]; next: string | null } {
  const sorted = [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => key(item) > after);
  return paged(rest, key, limit);
}

/** One page of rows of which one more than the limit was read. */
export function paged<T>(
  rows: T[],
  key: (item: T) => string,
  limit: number = LIMIT,
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? key(last) : null };
}
