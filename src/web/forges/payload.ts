import { z } from 'zod';
import { CedarError } from '../../errors.ts';
import { isGitRef } from '../../model/git-ref.ts';
import type { ForgeEvent } from '../../model/push.ts';

/** What the pushes of all three forges have in common; everything else of them is passed over. */
const pushShape = z.object({
  ref: z.string().max(300),
  after: z.string().regex(/^[0-9a-f]{40}$/),
  deleted: z.boolean().optional(),
});

/** The JSON of a body, whether it was sent as it is or as the form field `payload` (GitHub's other way). */
export function payloadOf(contentType: string, body: Buffer): unknown {
  const text = body.toString('utf8');
  const isForm = contentType.startsWith('application/x-www-form-urlencoded');
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
  } catch (cause) {
    throw new CedarError('bad_request', {}, 400, { cause });
  }
}

/** A push of a branch, or why there is nothing in it to deploy. @throws CedarError `bad_request` */
export function pushOf(payload: unknown, pusher: unknown): Pick<ForgeEvent, 'push' | 'why'> {
  const read = pushShape.safeParse(payload);
  if (!read.success) throw new CedarError('bad_request', {}, 400);
  const { ref, after, deleted } = read.data;
  if (ref.startsWith('refs/tags/')) return { push: null, why: 'tag' };
  if (deleted || /^0+$/.test(after)) return { push: null, why: 'deleted' };
  const branch = ref.replace(/^refs\/heads\//, '');
  if (!ref.startsWith('refs/heads/') || !isGitRef(branch)) return { push: null, why: 'other' };
  return { push: { branch, commit: after, pusher: nameOf(pusher) }, why: null };
}

function nameOf(pusher: unknown): string {
  return String(typeof pusher === 'string' ? pusher : '')
    .replace(/[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g, '')
    .trim()
    .slice(0, 100);
}

/** A property of something that may be anything. */
export function part(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
}
