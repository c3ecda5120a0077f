import express, { type Request, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { CedarError, InvalidForm } from '../../errors.ts';
import { codeOf, fieldError } from '../form.ts';

const DEEPEST = 20;
const json = express.json({ limit: '1mb', strict: true, type: 'application/json' });
const forms = express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 200 });

/**
 * Reads a request's body: one JSON object, or a form where `takesForms`; none at all is an empty object.
 * @throws CedarError `body_type` (415), `bad_request`, `too_deep` (400), `too_large` (413)
 */
export async function readBody(req: Request, res: Response, takesForms: boolean): Promise<unknown> {
  const has = req.get('Transfer-Encoding') !== undefined || Number(req.get('Content-Length') ?? 0) > 0;
  if (!has) return {};
  const form = takesForms && Boolean(req.is('urlencoded'));
  if (!form && !req.is('application/json')) throw new CedarError('body_type', {}, 415);
  await run(form ? forms : json, req, res);
  if (!isShallow(req.body, DEEPEST)) throw new CedarError('too_deep', { most: DEEPEST }, 400);
  if (req.body === null || typeof req.body !== 'object' || Array.isArray(req.body))
    throw new CedarError('bad_request', {}, 400);
  return { ...req.body };
}

/**
 * Checks what was sent against a schema.
 * @throws CedarError `unknown_key` (400) for a key that does not belong there; InvalidForm (422), or where
 *   `status` is 400, CedarError `wrong_query`, with every wrong field
 */
export function checked<S extends z.ZodObject>(schema: S, sent: unknown, status: 400 | 422): z.output<S> {
  const read = schema.strict().safeParse(sent, { error: codeOf });
  if (read.success) return read.data as z.output<S>;
  const stranger = read.error.issues.find((issue) => issue.code === 'unrecognized_keys');
  if (stranger) {
    const key = [...stranger.path, ...(stranger as z.core.$ZodIssueUnrecognizedKeys).keys.slice(0, 1)].join(
      '.',
    );
    throw new CedarError('unknown_key', { field: key.slice(0, 60) }, 400);
  }
  const wrong = new InvalidForm(read.error.issues.map(fieldError));
  if (status === 422) throw wrong;
  throw new CedarError('wrong_query', { field: wrong.fields[0]?.field ?? '' }, 400);
}

function run(parser: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  });
}

function isShallow(value: unknown, left: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  return left > 0 && Object.values(value).every((inner) => isShallow(inner, left - 1));
}
