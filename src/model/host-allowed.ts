/** For which environments and groups (ids) a machine is. An empty list: nothing is said. */
export type HostAllowed = { environments: string[]; groups: string[] };

export const allowsAll: HostAllowed = { environments: [], groups: [] };

/** A project as machines know it. */
export type Newcomer = { environment: string; groupId: string; production: boolean };

/** Why a project may not be placed on a machine: the text `error.<why>`. */
export type Unwelcome =
  | 'host_not_for_environment'
  | 'host_not_for_group'
  | 'host_of_other_group'
  | 'host_of_production';

/**
 * What a machine says binds everybody. Where it says nothing of groups, a machine of another group is not for people
 * without the whole console; where it says nothing of environments, neither is one that serves production, unless the
 * project is production too.
 */
export function unwelcome(
  { environments, groups }: HostAllowed,
  newcomer: Newcomer,
  there: readonly Newcomer[],
  byAdmin: boolean,
): Unwelcome | null {
  if (environments.length > 0 && !environments.includes(newcomer.environment))
    return 'host_not_for_environment';
  if (groups.length > 0 && !groups.includes(newcomer.groupId)) return 'host_not_for_group';
  if (byAdmin) return null;
  if (groups.length === 0 && there.some(({ groupId }) => groupId !== newcomer.groupId))
    return 'host_of_other_group';
  const serves = environments.length === 0 && there.some(({ production }) => production);
  return serves && !newcomer.production ? 'host_of_production' : null;
}
