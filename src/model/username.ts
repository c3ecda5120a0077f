import { z } from 'zod';

/** Plain small letters, so that no name looks like another one (S3). */
export const username = z
  .string()
  .trim()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, 'username');
