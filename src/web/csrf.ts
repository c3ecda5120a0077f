import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { CedarError } from '../errors.ts';

const { generateToken, isRequestValid } = csrfSync({
  size: 32,
  getTokenFromRequest: (req) => {
    const sent = req.get('X-CSRF-Token') ?? (req.body as Record<string, unknown> | undefined)?._csrf;
    return typeof sent === 'string' ? sent : undefined;
  },
});

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses (403) deeds that did not come from our own pages: by Sec-Fetch-Site and Origin where the browser sends
 * them, and always by the session's token, in the field `_csrf` or the header X-CSRF-Token.
 * @param baseUrl the configured public address, or an empty text: then the request's own Host counts alone.
 */
export function csrf(baseUrl: string): RequestHandler {
  return (req, _res, next) => {
    if (reading.has(req.method)) return next();
    if (!isFromOurPages(req, baseUrl) || !isRequestValid(req)) return next(new CedarError('csrf', {}, 403));
    next();
  };
}

/** The token of this session; where there is none yet, one is made if `mayMake`, else it is an empty text. */
export function tokenOf(req: Request, mayMake: boolean): string {
  if (!req.session) return '';
  return mayMake ? generateToken(req) : (req.session.csrfToken ?? '');
}

/** False where the browser says that another site asks. @param baseUrl as for `csrf`. */
export function isFromOurPages(req: Request, baseUrl: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = req.get('Origin');
  if (origin === undefined) return true;
  const configured = baseUrl ? new URL(baseUrl).origin : null;
  return origin === configured || origin === `${req.protocol}://${req.get('Host')}`;
}
