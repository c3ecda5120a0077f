import express, { type RequestHandler } from 'express';
import { CedarError } from '../errors.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Reads forms, as browsers send them, into `req.body`, which is always there. Other bodies are refused (400). */
export function forms(): RequestHandler[] {
  return [express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 200 }), always];
}

const always: RequestHandler = (req, _res, next) => {
  const isOther = req.body === undefined && (req.get('Content-Length') ?? '0') !== '0';
  const isChunked = req.body === undefined && req.get('Transfer-Encoding') !== undefined;
  if ((isOther || isChunked) && !reading.has(req.method)) return next(new CedarError('bad_request', {}, 400));
  req.body ??= {};
  next();
};
