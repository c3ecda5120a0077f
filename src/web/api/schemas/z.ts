import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

// gives schemas `.openapi('Name')`, by which the document names them
extendZodWithOpenApi(z);

export { z };

/** A moment as ISO 8601 in UTC. */
export const moment = z.iso.datetime();
export const momentOrNone = moment.nullable();

/** Epoch milliseconds as such a moment. */
export function momentOf(at: number): string {
  return new Date(at).toISOString();
}

export function momentOrNoneOf(at: number | null): string | null {
  return at === null ? null : momentOf(at);
}

/** The id of a row. */
export const rowId = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'choice');
