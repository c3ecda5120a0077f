import { CedarError } from '../errors.ts';
import type { Page } from './page.ts';
import type { Guard, ObjectGuard } from './route.ts';

/**
 * Lets a request in or ends it: 401 for nobody, 404 for what the person may not see, 403 for what may only be seen.
 * @throws CedarError with that status.
 */
export async function admit(page: Page, guard: Guard): Promise<void> {
  if (guard === 'public') return;
  if (page.person === null) throw new CedarError('sign_in_needed', {}, 401);
  if (typeof guard === 'object') return admitToObject(page, guard);
  if (!page.may(guard)) throw new CedarError('forbidden', {}, 403);
}

async function admitToObject(page: Page, guard: ObjectGuard): Promise<void> {
  const subject = await guard.of(page);
  if (subject === null || !page.may('project.see', subject)) throw new CedarError('not_found', {}, 404);
  if (!page.may(guard.permission, subject)) throw new CedarError('forbidden', {}, 403);
}

const names = new Set(['public', 'signed-in', 'admin', 'project.create']);

/** True for a guard that `admit` knows. */
export function isGuard(guard: unknown): guard is Guard {
  if (typeof guard === 'string') return names.has(guard);
  return (
    typeof (guard as ObjectGuard | null)?.of === 'function' && Boolean((guard as ObjectGuard).permission)
  );
}
