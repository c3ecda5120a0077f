import { z } from 'zod';

/** One line of text, trimmed; at least one character. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'line');

/** A text area, trimmed; null where nothing was typed. */
export const notes = (max = 4000) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\x00]*$/, 'text')
    .transform((text) => text || null);
