import type { RequestHandler } from 'express';
import { CedarError } from '../errors.ts';
import type { Db } from '../store/database.ts';
import { answers } from '../store/database-answers.ts';

const DEADLINE_MS = 2500;
const TRUST_MS = 1000;

/** Says up (200) or down (503), and nothing else, to anybody. */
export function healthz(db: Db): RequestHandler {
  return async (_req, res) => {
    const up = await answers(db, DEADLINE_MS);
    res.status(up ? 200 : 503).json({ status: up ? 'up' : 'down' });
  };
}

/** Answers 503 within three seconds while the database is away; asks it at most once a second. */
export function databaseGate(db: Db): RequestHandler {
  let seenAt = 0;
  return async (_req, _res, next) => {
    if (Date.now() - seenAt < TRUST_MS) return next();
    if (!(await answers(db, DEADLINE_MS))) return next(new CedarError('database_away', {}, 503));
    seenAt = Date.now();
    next();
  };
}
