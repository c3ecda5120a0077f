import express, { type RequestHandler } from 'express';
import { CedarError } from '../errors.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Reads forms, as browsers send them, into `req.body`, which is always there. */
export function forms(): RequestHandler[] {
  const always: RequestHandler = (req, _res, next) => {
    req.body ??= {};
    next();
  };
  return [express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 200 }), always];
}

/** Refuses deeds with another body than a form (400). One without any body is an empty form. */
export const onlyForms: RequestHandler = (req, _res, next) => {
  const isEmpty = req.get('Content-Length') === '0';
  const isOther = !reading.has(req.method) && !isEmpty && req.is('urlencoded') === false;
  next(isOther ? new CedarError('bad_request', {}, 400) : undefined);
};

const FAR_TOO_LONG = 2 * 1024 * 1024;

/** Ends a request at its head where it announces far more than any body may be (S88): nothing of it is read. */
export const noHugeBody: RequestHandler = (req, res, next) => {
  if (Number(req.get('Content-Length') ?? 0) <= FAR_TOO_LONG) return next();
  res.status(413).set('Connection', 'close').type('text').send(`Too large. Request ${req.id}\n`);
};
