/** S18: where to go after signing in: a path of ours, else the home page. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || next.length > 500) return '/';
  return /^\/(?![/\\])[\w/?=&.-]*$/.test(next) && !next.startsWith('/sign-') ? next : '/';
}
