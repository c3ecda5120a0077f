import { CedarError } from '../../errors.ts';
import type { Call } from './call.ts';
import type { ApiGuard, Endpoint, SubjectGuard } from './endpoint.ts';

/**
 * Lets a call in or ends it: 403 without a scope of the address, 404 for what the token may not see, 403 for what
 * it may only see.
 * @throws CedarError with that status.
 */
export async function admit(call: Call, { guard, scopes }: Endpoint): Promise<void> {
  if (guard === 'public') return;
  if (!scopes.some((scope) => call.caller.token.scopes.includes(scope)))
    throw new CedarError('token_scope', { scope: scopes.join(', ') }, 403);
  if (guard === 'token') return;
  if (typeof guard === 'object' && 'judge' in guard) return guard.judge(call);
  if (typeof guard === 'object') return admitToObject(call, guard);
  if (!call.may(guard)) throw new CedarError('forbidden', {}, 403);
}

async function admitToObject(call: Call, guard: SubjectGuard): Promise<void> {
  const subject = await guard.of(call);
  if (subject === null || !call.may('project.see', subject)) throw new CedarError('not_found', {}, 404);
  if (!call.may(guard.permission, subject)) throw new CedarError('forbidden', {}, 403);
}

const names = new Set(['public', 'token', 'admin', 'project.create']);

/** True where an address says whom it is open to and, unless it is public, which scopes it needs. */
export function isGuarded({ guard, scopes }: Pick<Endpoint, 'guard' | 'scopes'>): boolean {
  return isGuard(guard) && Array.isArray(scopes) && (guard === 'public' || scopes.length > 0);
}

function isGuard(guard: ApiGuard | undefined): boolean {
  if (typeof guard === 'string') return names.has(guard);
  if (guard && 'judge' in guard) return typeof guard.judge === 'function' && guard.name !== '';
  return typeof guard?.of === 'function' && Boolean(guard.permission);
}
