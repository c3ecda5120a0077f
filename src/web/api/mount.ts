import type { Express, Request, RequestHandler, Response } from 'express';
import type { Vault } from '../../auth/vault.ts';
import { CedarError } from '../../errors.ts';
import { translator } from '../../i18n/index.ts';
import { browserLanguage, languageOf } from '../../i18n/language.ts';
import type { Db } from '../../store/database.ts';
import type { WebSettings } from '../settings.ts';
import { admit, isGuarded } from './admission.ts';
import { checked, readBody } from './body.ts';
import { Call, type CallParts } from './call.ts';
import { callerOf } from './caller.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { Pace } from './pace.ts';
import { tellProblem } from './problem.ts';

export type ApiParts = { db: Db; vault: Vault; settings: WebSettings; pace: Pace };

/**
 * Puts the interface for programs in place, before sessions, cookies and forms are read: none of them counts there.
 * @throws Error where an address has no guard, no scope, or stands twice.
 */
export function mountApi(app: Express, endpoints: readonly Endpoint[], parts: Omit<ApiParts, 'pace'>): void {
  const { settings } = parts;
  const pace = new Pace({ calls: settings.apiPerMinute, scalings: settings.scalingPerMinute });
  Object.assign(app.locals, { pace, endpoints });
  const methods = new Map<string, Set<string>>();
  for (const one of endpoints) {
    const name = `${one.method} ${one.path}`;
    if (!isGuarded(one)) throw new Error(`${name} has no guard or no scope`);
    const known = methods.get(one.path) ?? new Set();
    if (known.has(one.method)) throw new Error(`${name} stands twice`);
    methods.set(one.path, known.add(one.method));
    const verb = one.method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete';
    app[verb](one.path, answering({ ...parts, pace }, one));
  }
  for (const [path, known] of methods) app.all(path, refusing(parts, known));
  app.all('/api/v1/*rest', refusing(parts, null));
}

function answering(parts: ApiParts, one: Endpoint): RequestHandler {
  return async (req, res) => {
    const place: CallParts = { ...parts, req, res, t: wordsOf(req, parts.settings), caller: null };
    try {
      if (one.guard !== 'public') place.caller = await known(parts, req);
      const call = new Call(place);
      await admit(call, one);
      const query = one.query ? checked(one.query, req.query, 400) : checkNone(req.query);
      const sent = one.method === 'GET' ? {} : await readBody(req, res, one.forms);
      const body = one.body ? checked(one.body, sent, 422) : checkNone(sent);
      give(res, await one.handle(call, { query, body }));
    } catch (error) {
      await tellProblem(place, error);
    }
  };
}

/** The program behind a request. Guesses at tokens are counted by address, calls by token. */
async function known({ db, pace }: ApiParts, req: Request) {
  try {
    const caller = await callerOf(req, db);
    await pace.call(caller.token.id);
    return caller;
  } catch (error) {
    const guessed = error instanceof CedarError && error.code === 'token_wrong';
    if (guessed) await pace.stranger(req.ip ?? '');
    throw error;
  }
}

function checkNone(sent: unknown): Record<never, never> {
  const [key] = Object.keys(sent as Record<string, unknown>);
  if (key !== undefined) throw new CedarError('unknown_key', { field: key.slice(0, 60) }, 400);
  return {};
}

function give(res: Response, answer: Answer | null): void {
  if (answer === null) return;
  res.status(answer.status).set(answer.headers ?? {});
  if (answer.body === undefined) res.end();
  else res.json(answer.body);
}

function refusing(parts: Omit<ApiParts, 'pace'>, allowed: Set<string> | null): RequestHandler {
  return async (req, res) => {
    if (allowed) res.set('Allow', [...allowed].join(', '));
    const error = allowed ? new CedarError('method', {}, 405) : new CedarError('not_found', {}, 404);
    await tellProblem({ ...parts, req, res, t: wordsOf(req, parts.settings), caller: null }, error);
  };
}

function wordsOf(req: Request, settings: WebSettings) {
  return translator(languageOf(settings.language) ?? browserLanguage(req.acceptsLanguages()));
}
