import { randomUUID } from 'node:crypto';
import { parse } from 'node:querystring';
import compression from 'compression';
import express, { type Express } from 'express';
import { pinoHttp } from 'pino-http';
import { Attempts } from '../auth/attempts.ts';
import type { Directory } from '../auth/ldap/directory.ts';
import type { Vault } from '../auth/vault.ts';
import { CedarError } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Db } from '../store/database.ts';
import type { Endpoint } from './api/endpoint.ts';
import { mountApi } from './api/mount.ts';
import { allEndpoints } from './api/routes.ts';
import { assets } from './assets.ts';
import { Attendance } from './attendance.ts';
import { forms, noHugeBody, onlyForms } from './body.ts';
import { csrf } from './csrf.ts';
import { databaseGate, healthz } from './database-gate.ts';
import { headers, noStore } from './headers.ts';
import { mountInbound } from './inbound.ts';
import { metricsAccess } from './metrics/access.ts';
import { metrics } from './metrics/metrics.ts';
import { mount } from './mount.ts';
import { pageMaker } from './page-maker.ts';
import { passport } from './passport.ts';
import { nowhere, problemPage } from './problem.ts';
import { readyz } from './ready.ts';
import { strangersPace } from './refusals.ts';
import type { Route } from './route.ts';
import { allRoutes } from './routes.ts';
import { sessions } from './session.ts';
import type { WebSettings } from './settings.ts';

export type AppParts = {
  db: Db;
  vault: Vault;
  settings: WebSettings;
  /** Signs session cookies; at least 32 characters. */
  sessionSecret: string;
  /** The directory whose people may sign in too. */
  directory?: Directory | null;
  /** Reads /metrics; empty or left out: only addresses that the settings name do. */
  metricsToken?: string;
  routes?: readonly Route[];
  endpoints?: readonly Endpoint[];
};

/**
 * The whole web console, ready to listen.
 * @throws Error where a route has no guard, or an address for programs no guard or scope.
 */
export function buildApp(parts: AppParts): Express {
  const { db, vault, settings, sessionSecret, routes = allRoutes, endpoints = allEndpoints } = parts;
  const app = express();
  const makePage = pageMaker({ db, vault, settings });
  app.locals.db = db;
  app.locals.directory = parts.directory ?? null;
  app.locals.attempts = new Attempts();
  app.locals.attendance = new Attendance(db);
  app.locals.strangers = strangersPace();
  (app as NodeJS.EventEmitter).on('closing', () => {
    app.locals.leaving = true;
  });
  app.disable('x-powered-by');
  app.set('query parser', readQuery);
  if (settings.trustProxy)
    app.set(
      'trust proxy',
      settings.trustProxy.split(',').map((range) => range.trim()),
    );
  app.use(requestLog());
  app.use(headers(settings.baseUrl.startsWith('https:')));
  app.use('/assets', assets());
  app.use(
    compression({
      filter: (req, res) => !isStream(res.getHeader('Content-Type')) && compression.filter(req, res),
    }),
  );
  app.use(noStore, noHugeBody);
  app.get('/healthz', healthz(db));
  app.get('/readyz', readyz(db));
  const readers = { token: parts.metricsToken ?? '', from: settings.metricsFrom };
  app.get('/metrics', metricsAccess(readers), metrics(db, settings.sweepSeconds));
  app.use(databaseGate(db));
  mountApi(app, endpoints, { db, vault, settings });
  mountInbound(app, { db, vault });
  app.use(forms());
  app.use(sessions(db, settings, sessionSecret));
  app.use(passport.initialize(), passport.session());
  app.use(csrf(settings.baseUrl), onlyForms);
  mount(app, routes, makePage);
  app.use(nowhere);
  app.use(problemPage(makePage));
  return app;
}

function requestLog() {
  return pinoHttp({
    logger,
    genReqId: () => randomUUID(),
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'error' : 'debug'),
    serializers: {
      req: (req) => ({
        id: req.id,
        method: req.method,
        path: String(req.url).split('?')[0],
        ip: req.remoteAddress,
      }),
      res: (res) => ({ status: res.statusCode }),
    },
  });
}

function readQuery(text: string): Record<string, unknown> {
  const query = parse(text, '&', '=', { maxKeys: 201 });
  if (Object.keys(query).length > 200) throw new CedarError('bad_request', {}, 400);
  return query;
}

function isStream(type: unknown): boolean {
  return String(type ?? '').startsWith('text/event-stream');
}
