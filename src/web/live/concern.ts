import type { Bulletin } from '../../store/bulletins.ts';

/** What a page of the fleet is about; `groupIds` undefined: everything. */
export type Concern =
  | { of: 'fleet' | 'alarms'; groupIds: string[] | undefined }
  | { of: 'project'; id: string }
  | { of: 'host'; id: string }
  | { of: 'alarm'; id: string; hostId: string | null };

/** Whether a bulletin concerns such a page. */
export function concerns(page: Concern): (bulletin: Bulletin) => boolean {
  return (bulletin) => bulletin.all || fits(page, bulletin);
}

function fits(
  page: Concern,
  { groups, projects, hosts, alarms, alarmGroups, everyAlarm }: Bulletin,
): boolean {
  if (page.of === 'project') return projects.has(page.id);
  if (page.of === 'host') return hosts.has(page.id);
  if (page.of === 'alarm') return alarms.has(page.id) || (page.hostId !== null && hosts.has(page.hostId));
  const { groupIds } = page;
  const alarmed = everyAlarm || any(alarmGroups, groupIds);
  // the fleet's page shows how many alarms are open
  return page.of === 'alarms' ? alarmed : alarmed || any(groups, groupIds) || (!groupIds && hosts.size > 0);
}

/** Everything (undefined) meets whatever is there. */
function any(found: ReadonlySet<string>, groupIds: string[] | undefined): boolean {
  return groupIds === undefined ? found.size > 0 : groupIds.some((id) => found.has(id));
}
