import { channels } from '../../src/notify/index.ts';
import { projectTypes } from '../../src/project-types/index.ts';
import { registries } from '../../src/registries/index.ts';
import type { Route } from '../../src/web/route.ts';
import { allRoutes } from '../../src/web/routes.ts';
import type { Furnished } from './furnished.ts';

/** One way to send a form: some have other fields for each kind of what they are about. */
export type Deed = {
  path: string;
  body: Record<string, string>;
  ready?: (f: Furnished) => Promise<unknown>;
  /** Where the form of this very kind is shown. */
  page?: string;
};

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);

const kinds: Record<string, (path: string) => Deed[]> = {
  '/projects': (path) =>
    names(projectTypes).map((type) => ({ path, body: { type }, page: `/projects/new?type=${type}` })),
  // its plan is of the project as it is now
  '/projects/:project/processes/:placement': (path) => [{ path, body: {}, page: path }],
  ...Object.fromEntries(
    ['release', 'configuration', 'process'].map((what) => [
      `/drift/:placement/${what}`,
      (path: string): Deed[] => [{ path, body: {}, page: path }],
    ]),
  ),
  '/projects/:project/settings': (path) =>
    names(projectTypes.toReversed()).map((type) => ({
      ...{ path, body: {} },
      ready: ({ t, shop }) => t.db('projects').where({ id: shop.test.id }).update({ type }),
    })),
  '/projects/:project/traffic': (path) =>
    names(registries).map((registry) => ({ path, body: { registry }, page: `${path}?registry=${registry}` })),
  '/notices/channels': (path) =>
    names(channels).map((kind) => ({ path, body: { kind }, page: `/notices/channels/new?kind=${kind}` })),
  '/notices/channels/:channel': (path) =>
    names(channels).map((kind) => ({
      ...{ path, body: {} },
      ready: ({ t }) => t.db('channels').update({ kind, options: '{}' }),
    })),
};

/** Deeds after which others have nothing to be done to come late, and those that end the session last. */
function turn({ path }: Route): number {
  if (path.includes('sign-out')) return 2;
  return /delete|withdraw|forget|revoke|end$|lift|disable|close|grants$|refuse/.test(path) ? 1 : 0;
}

/** Every form that somebody may send, in an order in which each has something to be done to. */
export const deeds: Deed[] = allRoutes
  .filter(({ method }) => method === 'POST')
  .sort((one, other) => turn(one) - turn(other))
  .flatMap(({ path }) => kinds[path]?.(path) ?? [{ path, body: {} }]);
