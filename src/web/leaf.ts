import type { Page } from './page.ts';

/** A piece of a long list, with the addresses of those beside it. */
export type Leaf<T> = { rows: T[]; newer: string | null; older: string | null };

/** The piece that the address's `page` names, counted from 1; all else of the address stays. */
export function leafOf<T>(page: Page, all: readonly T[], size: number): Leaf<T> {
  const last = Math.max(1, Math.ceil(all.length / size));
  const number = Math.min(last, Number(/^[1-9]\d{0,4}$/.exec(page.query('page') ?? '')?.[0] ?? 1));
  const address = (other: number) => {
    const here = new URL(page.req.originalUrl, 'http://here');
    here.searchParams.set('page', String(other));
    return `${here.pathname}${here.search}`;
  };
  return {
    rows: all.slice((number - 1) * size, number * size),
    newer: number > 1 ? address(number - 1) : null,
    older: number < last ? address(number + 1) : null,
  };
}
