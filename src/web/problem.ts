import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { CedarError, InvalidForm } from '../errors.ts';
import { hasText } from '../i18n/index.ts';
import { logger } from '../logger.ts';
import type { MakePage } from './mount.ts';
import type { Page } from './page.ts';
import { noteRefusal, wrongFields } from './refusals.ts';

/** Any address that no route answers. */
export const nowhere: RequestHandler = (_req, _res, next) => next(new CedarError('not_found', {}, 404));

/** Every error ends here, once: a page in words with the request's id, and nothing of the inside (S21). */
export function problemPage(makePage: MakePage): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    const problem = problemOf(error);
    if (problem.status >= 500) logger.error({ err: error, requestId: req.id }, 'request failed');
    if (res.headersSent) return next(error);
    res.set('Cache-Control', 'no-store');
    try {
      const page = await makePage(req, res);
      await noteRefusal(page, problem.status, reasonOf(problem));
      if (problem.code === 'sign_in_needed') return askToSignIn(page);
      await tell(page, problem);
    } catch (again) {
      logger.error({ err: again, requestId: req.id }, 'error page failed');
      res.status(problem.status).type('text').send(`${problem.status} (${req.id})\n`);
    }
  };
}

function reasonOf(problem: CedarError): string {
  return (problem instanceof InvalidForm && wrongFields(problem.fields)) || problem.code;
}

/** Pages go to the sign-in page and come back; streams get a plain 401, htmx is told where to go. */
function askToSignIn(page: Page): void {
  const { req, res } = page;
  const next = req.method === 'GET' ? `?next=${encodeURIComponent(req.originalUrl)}` : '';
  if (req.get('HX-Request')) res.status(401).set('HX-Redirect', '/sign-in').end();
  else if (wantsPage(req)) res.redirect(303, `/sign-in${next}`);
  else sendText(res, 401, page.t('error.sign_in_needed'));
}

async function tell(page: Page, problem: CedarError): Promise<void> {
  if (problem.status === 503) page.res.set('Retry-After', '5');
  const key = hasText(`error.${problem.code}`) ? `error.${problem.code}` : 'error.internal';
  const message = page.t(key, problem.detail);
  if (page.req.get('HX-Request') || !wantsPage(page.req)) return sendText(page.res, problem.status, message);
  await page.render('problem', { status: problem.status, message }, problem.status);
}

function sendText(res: Response, status: number, text: string): void {
  res.status(status).type('text').send(`${text}\n`);
}

function wantsPage(req: Request): boolean {
  return !req.get('Accept')?.includes('text/event-stream') && Boolean(req.accepts('html'));
}

const away = /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|PROTOCOL_CONNECTION_LOST|ER_CON_COUNT_ERROR)$/;

/** Our own errors as they are; those of Express and of its parsers by status; the database's absence as 503. */
export function problemOf(error: unknown): CedarError {
  if (error instanceof CedarError) return error;
  const { status, code, name } = error as { status?: unknown; code?: unknown; name?: unknown };
  if (away.test(String(code)) || name === 'KnexTimeoutError') return new CedarError('database_away', {}, 503);
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new CedarError(status === 413 ? 'too_large' : 'bad_request', {}, status);
  return new CedarError('internal', {}, 500);
}
