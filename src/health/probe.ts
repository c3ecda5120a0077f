import type { Look as Known } from '../model/look.ts';
import { areAmong } from '../model/same-look.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import { accessOf } from '../supervisor/access.ts';
import { type Look, look } from '../supervisor/look.ts';
import { currentReleases, type Live } from './current-releases.ts';
import { lookAtOthers } from './other-runtimes.ts';
import type { Prober } from './prober.ts';
import { isSupervised, notPinned, type Places, type Probe, seen, unseen } from './seen.ts';
import { withChecks } from './swept-checks.ts';
import { type Visit, visits } from './visits.ts';
import type { WatchedHost } from './watch-list.ts';

export type { Prober } from './prober.ts';

/**
 * Looks at a machine: what supervisor says of each placed project's processes, and which release is live. Only
 * reads. Never throws for what a host does; projects whose settings differ are asked for apart.
 * @param known what was found before: while supervisor tells of the very same processes, links are not read again
 */
export async function probe(prober: Prober, watched: WatchedHost, known?: Known): Promise<Probe> {
  const parts = await Promise.all(
    visits(watched.placements).map(async (visit) => {
      const brief = known !== undefined && visit.placements.every(isSupervised);
      const asked = { links: brief ? null : linksOf(prober, visit), looking: lookAt(prober, visit) };
      return withChecks(prober, visit, await pay(prober, visit, asked, known));
    }),
  );
  if (parts.length === 0) return { host: notPinned, placements: [] };
  const worst = parts.find(({ host }) => host.reachable !== 'yes') ?? parts.find(({ host }) => host.message);
  const { host } = worst ?? parts.find(({ host }) => host.supervisor !== 'none') ?? parts[0]!;
  return { host, placements: parts.flatMap((part) => part.placements) };
}

/** What a host is being asked. `links` are null where they are read only if something is not as it is known. */
type Asked = { links: Promise<Live[]> | null; looking: Promise<Look | null> };

/** What a visit finds whose questions are under way. */
export async function pay(prober: Prober, visit: Visit, asked: Asked, known?: Known): Promise<Probe> {
  const [links, looked, others] = await Promise.allSettled([
    asked.links,
    asked.looking,
    lookAtOthers(prober, visit),
  ]);
  const found = put(visit, links, looked, others);
  if (asked.links || !known || areAmong(known.placements, found.placements)) return found;
  const [read] = await Promise.allSettled([linksOf(prober, visit)]);
  return put(visit, read, looked, others);
}

function put(
  visit: Visit,
  links: PromiseSettledResult<Places['links']>,
  looked: PromiseSettledResult<Look | null>,
  others: PromiseSettledResult<Places['others']>,
): Probe {
  if (links.status === 'rejected') return unseen(visit, links.reason);
  if (looked.status === 'rejected' && looked.reason instanceof SshError) return unseen(visit, looked.reason);
  if (others.status === 'rejected') return unseen(visit, others.reason);
  const places = { links: links.value, others: others.value };
  return looked.status === 'rejected'
    ? seen(visit, places, null, looked.reason)
    : seen(visit, places, looked.value);
}

/** What is live, in the order of the visit's placements. @throws SshError */
export function linksOf(
  { pool, deadlineMs }: Prober,
  { target, settings, placements }: Visit,
): Promise<Live[]> {
  const keys = placements.map(({ project }) => project.key);
  return currentReleases(pool, target, settings.hostPath, keys, deadlineMs);
}

/** A machine that only serves files needs no supervisor. */
async function lookAt({ pool, vault, deadlineMs }: Prober, visit: Visit): Promise<Look | null> {
  if (!visit.placements.some(isSupervised)) return null;
  return look(pool, visit.target, accessOf(visit.settings, vault), { deadlineMs });
}
