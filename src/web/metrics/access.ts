import type { RequestHandler } from 'express';
import { isAllowedFrom, sameHash, tokenHash } from '../../auth/token.ts';

/** Who may read the numbers: the holder of the token, and addresses that are named. */
export type MetricsAccess = { token: string; from: readonly string[] };

/**
 * Lets those alone pass. To all others the address does not exist, or where there is a token, asks for it: they learn
 * nothing of the fleet.
 */
export function metricsAccess({ token, from }: MetricsAccess): RequestHandler {
  const wanted = token && tokenHash(token);
  return (req, res, next) => {
    if (from.length > 0 && isAllowedFrom(from, req.ip ?? '')) return next();
    const shown = /^Bearer (\S{1,200})$/i.exec(req.get('Authorization') ?? '')?.[1] ?? '';
    if (wanted && shown && sameHash(tokenHash(shown), wanted)) return next();
    if (wanted) res.set('WWW-Authenticate', 'Bearer').status(401).type('text').send('unauthorized\n');
    else res.status(404).type('text').send('not found\n');
  };
}
