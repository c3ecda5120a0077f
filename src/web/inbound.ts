import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Vault } from '../auth/vault.ts';
import { receive } from '../deploy/push.ts';
import { CedarError, messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Project } from '../model/project.ts';
import type { Delivery, InboundHook } from '../model/push.ts';
import { record } from '../store/audit.ts';
import type { Db } from '../store/database.ts';
import * as hooks from '../store/inbound-hooks.ts';
import * as projects from '../store/projects.ts';
import type { Forge, Header } from './forges/forge.ts';
import { forgeOf } from './forges/index.ts';

type Parts = { db: Db; vault: Vault };
type Called = { project: Project; hook: InboundHook; forge: Forge };

/**
 * The addresses at which forges tell of pushes, `/webhooks/<project>`. They stand before sessions and cookies: the
 * signature over the raw body is all that counts. Whatever is wrong with a call (no such project, no hook, another
 * secret) is answered alike, so that nothing can be learned by asking.
 */
export function mountInbound(app: Express, parts: Parts): void {
  const paces = {
    strangers: new RateLimiterMemory({ points: 30, duration: 60 }),
    projects: new RateLimiterMemory({ points: 120, duration: 60 }),
  };
  const raw = express.raw({ type: () => true, limit: '1mb' });
  app.post('/webhooks/:project', raw, async (req, res) => {
    const header: Header = (name) => req.get(name) ?? '';
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const called = await find(parts, req, header);
    if (!isSigned(parts.vault, called, header, body)) {
      await within(paces.strangers, req.ip ?? '');
      if (called) await noteRefusal(parts.db, called, req);
      throw new CedarError('webhook_signature', {}, 401);
    }
    await within(paces.projects, called.project.id);
    const event = called.forge.read(header, body);
    const place = { ip: req.ip ?? null, requestId: String(req.id) };
    answer(res, await receive(parts.db, { ...called, forge: called.forge.name, event, ...place }));
  });
  app.all(
    '/webhooks/:project',
    (_req, res) => void res.set('Allow', 'POST').status(405).json({ error: 'method' }),
  );
  app.use('/webhooks', tellProblem);
}

/** The project and its hook, where both are there and a known forge calls. */
async function find({ db }: Parts, req: Request, header: Header): Promise<Called | null> {
  const name = String(req.params.project ?? '');
  const project = (await projects.byKey(db, name)) ?? (await projects.byId(db, name));
  const hook = project && (await hooks.ofProject(db, project.id));
  const forge = forgeOf(header);
  return project && hook?.enabled && forge ? { project, hook, forge } : null;
}

function isSigned(vault: Vault, called: Called | null, header: Header, body: Buffer): called is Called {
  return called?.forge.signed(header, body, vault.open(called.hook.secret), Date.now()) ?? false;
}

async function noteRefusal(db: Db, { project, forge }: Called, req: Request): Promise<void> {
  await hooks.refuse(db, project.id, req.ip ?? '');
  await record(db, {
    ...{ actor: `webhook:${forge.name}`, via: 'api', ip: req.ip, requestId: String(req.id) },
    ...{
      action: 'webhook.receive',
      object: `project:${project.key}`,
      result: 'refused',
      reason: 'signature',
    },
  });
}

/** Well received, whatever comes of it: a forge switches off hooks that answer otherwise. */
function answer(res: Response, { outcome, detail, operationId }: Delivery): void {
  const begun = outcome === 'started' || outcome === 'waiting';
  res.status(begun ? 202 : 200).json({ outcome, detail, operation: operationId });
}

async function within(pace: RateLimiterMemory, key: string): Promise<void> {
  try {
    await pace.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw new CedarError('too_many_attempts', { seconds }, 429);
  }
}

function tellProblem(error: unknown, req: Request, res: Response, next: NextFunction): void {
  if (res.headersSent) {
    next(error);
    return;
  }
  const status = Number((error as { status?: unknown }).status ?? 500);
  if (status >= 500) logger.error({ error: messageOf(error), requestId: req.id }, 'webhook failed');
  const code = error instanceof CedarError ? error.code : status === 413 ? 'too_large' : 'bad_request';
  if (error instanceof CedarError && error.detail.seconds)
    res.set('Retry-After', String(error.detail.seconds));
  res.status(status).json({ error: status >= 500 ? 'internal' : code, request: String(req.id) });
}
