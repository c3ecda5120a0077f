import type { Knex } from 'knex';

/** Which placements are asked about; all that is left out is not asked. */
export type DriftFilter = {
  groupIds?: readonly string[] | undefined;
  groupId?: string;
  environment?: string;
  projectIds?: readonly string[];
  placementId?: string;
  /** Part of a project's key or a host's name. */
  search?: string;
  limit?: number;
};

/** The filter, of placements `l` of projects `p` on hosts `h`. */
export function within({ groupIds, groupId, environment, projectIds, placementId, search }: DriftFilter) {
  return (query: Knex.QueryBuilder) => {
    if (groupIds) query.whereIn('p.group_id', [...groupIds]);
    if (groupId) query.where('p.group_id', groupId);
    if (environment) query.where('p.environment', environment);
    if (projectIds) query.whereIn('p.id', [...projectIds]);
    if (placementId) query.where('l.id', placementId);
    if (search) query.where(matching(search));
  };
}

function matching(search: string) {
  const like = `%${search.replace(/[!%_]/g, '!$&')}%`;
  return (query: Knex.QueryBuilder) =>
    query.whereRaw("p.project_key LIKE ? ESCAPE '!'", [like]).orWhereRaw("h.name LIKE ? ESCAPE '!'", [like]);
}
