import { replacedOn } from '../../model/alarm-culprit.ts';
import type { Operation } from '../../model/operation.ts';
import type { Release } from '../../model/release.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import * as placements from '../../store/placements.ts';
import * as releases from '../../store/releases.ts';
import type { Page } from '../page.ts';

/** What ran before an operation, and on which machines it still could: what its plan page is asked for. */
export type WayBack = { release: Release; hostIds: string[] };

/**
 * The way back from an operation that may have made a machine's service ill: to what ran there before it, on every
 * machine where the operation replaced the same release. Null where it replaced nothing, or that is kept no more.
 */
export async function wayBack(page: Page, operation: Operation, hostId: string): Promise<WayBack | null> {
  const hosts = await operationHosts.ofOperation(page.db, operation.id);
  const ill = hosts.find((host) => host.hostId === hostId);
  const replaced = ill ? replacedOn(ill) : null;
  if (replaced === null) return null;
  const release = await releases.byId(page.db, replaced);
  if (release?.state !== 'kept') return null;
  const placed = (await placements.ofProject(page.db, operation.projectId)).map((one) => one.hostId);
  const alike = hosts.filter(({ releaseBefore }) => releaseBefore === release.id).map((host) => host.hostId);
  return { release, hostIds: alike.filter((id) => placed.includes(id)) };
}
