import type { Request } from 'express';

/**
 * The address at which the page at hand can be read again: its own, or, for a form that is shown again under the
 * address that it was sent to, the nearest one above that is read by GET.
 */
export function placeOf(req: Request): string {
  if (req.method === 'GET') return req.originalUrl;
  const readable = req.app.locals.readable as ReadonlySet<string>;
  const pattern = String(req.route?.path ?? '').split('/');
  const path = req.path.split('/');
  while (pattern.length > 1 && !readable.has(pattern.join('/'))) {
    pattern.pop();
    path.pop();
  }
  return pattern.length > 1 ? path.join('/') : '/';
}
