import type { Release } from '../../../model/release.ts';
import { moment, momentOf, momentOrNone, momentOrNoneOf, rowId, z } from './z.ts';

export const releaseSchema = z
  .object({
    id: rowId,
    name: z.string().describe('Like `online-20261123_10-20-30`'),
    commit: z.string(),
    subject: z.string(),
    author: z.string(),
    committedAt: momentOrNone,
    state: z.enum(['kept', 'pruned']),
    goodAt: momentOrNone.describe('When it last ran well on all hosts of a deploy'),
    badAt: momentOrNone,
    pinned: z.boolean(),
    files: z.int(),
    bytes: z.int(),
    builtAt: moment,
    operationId: rowId,
  })
  .openapi('Release');

export function releaseAnswer(release: Release) {
  const { id, name, commit, subject, author, state, pinned, files, bytes, operationId } = release;
  return {
    ...{ id, name, commit, subject, author, state, pinned, files, bytes, operationId },
    committedAt: momentOrNoneOf(release.committedAt),
    goodAt: momentOrNoneOf(release.goodAt),
    badAt: momentOrNoneOf(release.badAt),
    builtAt: momentOf(release.builtAt),
  };
}
