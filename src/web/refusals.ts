import type { Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { FieldError } from '../errors.ts';
import type { Person } from '../model/person.ts';
import { type AuditEntry, record } from '../store/audit.ts';
import type { Db } from '../store/database.ts';

/** What of a page is needed here. */
type Refused = {
  req: Request;
  res: Response;
  db: Db;
  person: Person | null;
  audit(entry: Pick<AuditEntry, 'action' | 'object' | 'result' | 'reason'>): AuditEntry;
};

/** Rows that nobody in particular can cause from one address in a minute: a flood must not fill the trail. */
export const strangersPace = () => new RateLimiterMemory({ points: 120, duration: 60 });

/**
 * Remembers what somebody was refused (S92), once a request: every deed, and of what is only read what was forbidden.
 * A handler that records its refusal itself has done it.
 */
export async function noteRefusal(page: Refused, status: number, reason: string): Promise<void> {
  const { req, res, person } = page;
  const reading = ['GET', 'HEAD', 'OPTIONS'].includes(req.method);
  if (res.locals.refusalNoted || status < 400 || status >= 500) return;
  if (reading && (status !== 403 || person === null)) return;
  if (person === null && !(await strangerMay(req))) return;
  const object = `${req.method} ${pathOf(req)}`;
  await record(page.db, page.audit({ action: 'request', object, result: 'refused', reason }));
}

/** What of a form was wrong, as the trail keeps it: fields and codes, never their values. */
export function wrongFields(fields: readonly FieldError[]): string {
  const codes = fields.map(({ field, code }) => `${field.slice(0, 60)} ${code}`.trim());
  return [...new Set(codes)].slice(0, 20).join(', ');
}

/** False where too many refusals of strangers came from this address within the minute. */
export async function strangerMay(req: Request): Promise<boolean> {
  try {
    await (req.app.locals.strangers as RateLimiterMemory).consume(req.ip ?? '');
    return true;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return false;
  }
}

/** The path, without the secret of a one-time address. */
function pathOf(req: Request): string {
  return req.path.replace(/^\/setup\/[^/]+/, '/setup/…');
}
