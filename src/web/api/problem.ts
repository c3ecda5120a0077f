import type { Request, Response } from 'express';
import { type CedarError, InvalidForm } from '../../errors.ts';
import { hasText, type Translate } from '../../i18n/index.ts';
import { logger } from '../../logger.ts';
import { record } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import { problemOf } from '../problem.ts';
import { strangerMay } from '../refusals.ts';
import { type Caller, TokenRefused } from './caller.ts';
import type { Problem } from './schemas/problem.ts';

type Place = { req: Request; res: Response; db: Db; t: Translate; caller: Caller | null };

/** Every error of a call ends here: a problem as RFC 9457 has it, with what can be done about it. */
export async function tellProblem(place: Place, error: unknown): Promise<void> {
  const { req, res, db, t } = place;
  const problem = problemOf(error);
  if (problem.status >= 500) logger.error({ err: error, requestId: req.id }, 'call failed');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  if (problem.status === 401) res.set('WWW-Authenticate', 'Bearer realm="cedardeploy"');
  if (problem.status === 503) res.set('Retry-After', '5');
  if (problem.detail.retryAfter) res.set('Retry-After', String(problem.detail.retryAfter));
  await note(db, place, problem);
  res
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify(bodyOf(req, t, problem)));
}

function bodyOf(req: Request, t: Translate, problem: CedarError): Problem {
  const known = hasText(`error.${problem.code}`);
  const errors = problem instanceof InvalidForm ? problem.fields : [];
  const told = errors.map(({ field, code, detail }) => ({
    field,
    code,
    message: t(`field.${code}`, detail),
  }));
  const field =
    told[0]?.field ?? (typeof problem.detail.field === 'string' ? problem.detail.field : undefined);
  const remedy = [`remedy.${problem.code}`, `remedy.status_${problem.status}`].find(hasText);
  return {
    type: `urn:cedardeploy:error:${problem.code}`,
    title: t(known ? `error.${problem.code}` : 'error.internal', readable(t, problem.detail)),
    status: problem.status,
    code: problem.code,
    detail: problem.detail,
    ...(field !== undefined && { field }),
    ...(told.length > 0 && { errors: told }),
    remedy: t(remedy ?? 'remedy.any', problem.detail),
    requestId: String(req.id),
  };
}

/** Times as ISO 8601, kinds of operations in words. */
function readable(t: Translate, detail: CedarError['detail']): Record<string, string | number> {
  const words: Record<string, string | number> = { ...detail };
  for (const name of ['since', 'until'])
    if (typeof detail[name] === 'number') words[name] = new Date(detail[name]).toISOString();
  if (hasText(`kind.${detail.kind}`)) words.kind = t(`kind.${detail.kind}`);
  return words;
}

/** Refused for good: what is only busy, or too often, is asked again and again. */
function isNoted({ status, code }: CedarError): boolean {
  return status >= 400 && status < 500 && status !== 429 && code !== 'locked';
}

/** What a program was refused is remembered under its token (S92): every deed, and whatever was denied. */
async function note(db: Db, { req, caller }: Place, problem: CedarError): Promise<void> {
  const denied = problem.status === 403 || problem.status === 401;
  if (!denied && (req.method === 'GET' || !isNoted(problem))) return;
  const token = problem instanceof TokenRefused ? problem.token : caller?.token;
  if (!token && (req.method === 'GET' || !denied || !(await strangerMay(req)))) return;
  const actor = `token:${caller?.person.username ?? ''}/${token?.name}`;
  await record(db, {
    actor: caller ? actor : token ? `token:${token.prefix}` : 'anonymous',
    via: 'api',
    ip: req.ip ?? null,
    action: 'request',
    object: `${req.method} ${req.path}`,
    result: 'refused',
    reason: problem.code,
    requestId: String(req.id),
  }).catch((error) => logger.error({ err: error, requestId: req.id }, 'refusal not noted'));
}
