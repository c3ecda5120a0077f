/** Where something happened, as routes know it. */
export type NewsPlace = { groupId: string; environment: string; production: boolean };

/** What kinds of news may be sent somewhere of their own. */
export const newsKinds = ['operation', 'scaling', 'ticket', 'passed', 'traffic', 'push', 'alarm'] as const;
export type NewsKind = (typeof newsKinds)[number];

/** Where no route is about them, the robot of the group hears these outside production too. */
const everywhere: readonly NewsKind[] = ['passed', 'traffic', 'push'];

/** Where news go; null: of every kind, group or environment. */
export type NewsRoute = {
  id: string;
  kind: NewsKind | null;
  groupId: string | null;
  environment: string | null;
  channelId: string;
};

/**
 * The channels that hear news of a place: those of the most exact routes that fit (environment before group before
 * kind). A route without an environment is about production alone, as the original left test projects out.
 */
export function routed(routes: readonly NewsRoute[], kind: NewsKind, place: NewsPlace): string[] {
  const fitting = routes.filter((route) => fits(route, kind, place));
  const best = Math.max(...fitting.map(weight));
  return [...new Set(fitting.filter((route) => weight(route) === best).map(({ channelId }) => channelId))];
}

/**
 * Who hears news of a place: what the routes say; where none is about it, the robot of its group, which hears of
 * production alone but for some kinds. Expansions and reductions that are told at all are told to the SRE robot too.
 * @param robots audience → channel
 */
export function hearersOf(
  routes: readonly NewsRoute[],
  robots: ReadonlyMap<string, string>,
  kind: NewsKind,
  place: NewsPlace,
): string[] {
  const chosen = routed(routes, kind, place);
  const own =
    place.production || everywhere.includes(kind) ? robots.get(`group:${place.groupId}`) : undefined;
  const heard = chosen.length > 0 ? chosen : own === undefined ? [] : [own];
  const told = heard.length > 0 || place.production;
  const sre = kind === 'scaling' && told ? robots.get('sre') : undefined;
  return [...new Set(sre === undefined ? heard : [...heard, sre])];
}

function fits(route: NewsRoute, kind: NewsKind, place: NewsPlace): boolean {
  if (route.kind !== null && route.kind !== kind) return false;
  if (route.groupId !== null && route.groupId !== place.groupId) return false;
  return route.environment === null ? place.production : route.environment === place.environment;
}

function weight({ kind, groupId, environment }: NewsRoute): number {
  return (environment === null ? 0 : 4) + (groupId === null ? 0 : 2) + (kind === null ? 0 : 1);
}
