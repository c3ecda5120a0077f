import { CedarError } from '../errors.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { Db } from '../store/database.ts';
import * as placements from '../store/placements.ts';
import { snapshotOf } from '../store/snapshot.ts';

/** The project and host of one placement, as an operation would see them now. @throws CedarError `not_found` */
export async function placementSnapshot(
  db: Db,
  id: string,
): Promise<{ project: ProjectSnapshot; host: HostSnapshot }> {
  const placement = await placements.byId(db, id);
  if (!placement) throw new CedarError('not_found', { id }, 404);
  const { project, hosts } = await snapshotOf(db, placement.projectId, [placement.hostId]);
  return { project, host: hosts[0]! };
}
