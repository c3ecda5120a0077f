import type { HostSnapshot } from '../model/operation.ts';
import type { Db } from './database.ts';
import * as environments from './environments.ts';
import * as hosts from './hosts.ts';
import * as placements from './placements.ts';
import * as projects from './projects.ts';
import { hostSnapshot } from './snapshot.ts';

/** A host that a project is placed on; `host` is null while nobody accepted its key. */
export type Placed = { hostId: string; name: string; host: HostSnapshot | null };

/** All of a project's hosts, in the order of its placements; none for a project that is gone. */
export async function placed(db: Db, projectId: string): Promise<Placed[]> {
  const project = await projects.byId(db, projectId);
  const environment = project && (await environments.byName(db, project.environment));
  if (!environment) return [];
  const all = await placements.ofProject(db, projectId);
  const machines = await hosts.byIds(
    db,
    all.map((placement) => placement.hostId),
  );
  const known = new Map(machines.map((host) => [host.id, host]));
  return all.flatMap((placement) => {
    const host = known.get(placement.hostId);
    if (!host) return [];
    const snapshot = host.hostKey === null ? null : hostSnapshot(environment, placement, host);
    return [{ hostId: host.id, name: host.name, host: snapshot }];
  });
}
