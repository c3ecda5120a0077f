import type { Express, Request, RequestHandler, Response } from 'express';
import { CedarError, InvalidForm } from '../errors.ts';
import { admit, isGuard } from './guard.ts';
import type { Page } from './page.ts';
import type { Route } from './route.ts';

export type MakePage = (req: Request, res: Response) => Promise<Page>;

/**
 * Puts every route in place, and 405 for the other methods of its path.
 * @throws Error where a route has no guard or stands twice: such a console does not start.
 */
export function mount(app: Express, routes: readonly Route[], makePage: MakePage): void {
  const methods = new Map<string, Set<string>>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    if (!isGuard(route.guard)) throw new Error(`${name} has no guard`);
    const known = methods.get(route.path) ?? new Set();
    if (known.has(route.method)) throw new Error(`${name} stands twice`);
    methods.set(route.path, known.add(route.method));
    if (route.method === 'GET') app.get(route.path, run(route, makePage));
    else app.post(route.path, run(route, makePage));
  }
  app.locals.readable = new Set([...methods.keys()].filter((path) => methods.get(path)?.has('GET')));
  for (const [path, known] of methods) app.all(path, refuseMethod([...known].join(', ')));
}

function run(route: Route, makePage: MakePage): RequestHandler {
  return async (req, res) => {
    const page = await makePage(req, res);
    await admit(page, route.guard);
    try {
      await route.handle(page);
    } catch (error) {
      if (!(error instanceof InvalidForm) || !route.again) throw error;
      page.showAgain(error.fields);
      await route.again(page);
    }
  };
}

function refuseMethod(allowed: string): RequestHandler {
  return (_req, res, next) => {
    res.set('Allow', allowed);
    next(new CedarError('method', {}, 405));
  };
}
