import { ConnectSessionKnexStore } from 'connect-session-knex';
import type { RequestHandler } from 'express';
import session, { type SessionData } from 'express-session';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import type { WebSettings } from './settings.ts';

declare module 'express-session' {
  interface SessionData {
    /** Epoch milliseconds: when it began, and when it was last seen in use (to a minute). */
    startedAt: number;
    seenAt: number;
    language: string;
    /** From where it began: the address, and the browser as it names itself, shortened. */
    ip: string;
    agent: string;
  }
}

type Got = Parameters<ConnectSessionKnexStore['get']>[1];
type Done = Parameters<ConnectSessionKnexStore['set']>[2];

/**
 * The library's store reports an error by callback and throws it as well; the second would end the process. Its
 * `touch` writes with every request: `age` below does so once a minute instead.
 */
class SessionRows extends ConnectSessionKnexStore {
  override async get(sid: string, done: Got) {
    return super.get(sid, done).catch(() => null);
  }
  override async set(sid: string, data: SessionData, done?: Done) {
    return super.set(sid, data, done).catch(() => undefined);
  }
  override async destroy(sid: string, done?: Done) {
    return super.destroy(sid, done).catch(() => 0);
  }
  override async touch(_sid: string, _data: SessionData, done?: () => void) {
    done?.();
  }
}

/** Sessions in the database, by a signed cookie (`__Host-` over https). Ends them when idle or old (S12–S14). */
export function sessions(db: Db, settings: WebSettings, secret: string): RequestHandler[] {
  const https = settings.baseUrl.startsWith('https:');
  const idle = settings.sessionIdleMinutes * 60_000;
  const keep = session({
    name: https ? '__Host-cedar' : 'cedar',
    secret,
    store: new SessionRows({
      knex: db,
      tableName: 'sessions',
      createTable: false,
      onDbCleanupError: (error) => logger.warn({ err: error }, 'old sessions not removed'),
    }),
    resave: false,
    saveUninitialized: false,
    proxy: https ? true : undefined,
    cookie: { httpOnly: true, sameSite: 'lax', secure: https, path: '/', maxAge: idle },
  });
  return [keep, age(idle, settings.sessionHours * 3_600_000)];
}

/** Ends sessions that were idle for too long or are too old, and notes that the others are in use. */
function age(idle: number, oldest: number): RequestHandler {
  return (req, _res, next) => {
    const { startedAt, seenAt } = req.session;
    if (startedAt === undefined || seenAt === undefined) return next();
    const now = Date.now();
    if (now - seenAt > idle || now - startedAt > oldest) return req.session.regenerate(next);
    const polling = req.get('X-Poll') !== undefined;
    if (!polling && now - seenAt > Math.min(60_000, idle / 10)) req.session.seenAt = now;
    next();
  };
}
