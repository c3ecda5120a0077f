import type { Host } from '../model/host.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as hosts from '../store/hosts.ts';
import * as placements from '../store/placements.ts';
import * as projects from '../store/projects.ts';
import { hostSnapshot, projectSnapshot } from '../store/snapshot.ts';

/** A placement as a probe needs it. */
export type Watched = { project: ProjectSnapshot; host: HostSnapshot };

/** A machine with all that is placed on it; `placements` is empty while no host key is pinned. */
export type WatchedHost = { id: string; name: string; placements: Watched[] };

/** Every machine that something is placed on. */
export async function watchList(db: Db): Promise<WatchedHost[]> {
  const machines = new Map((await hosts.all(db)).map((host) => [host.id, host]));
  const places = new Map((await environments.all(db)).map((environment) => [environment.name, environment]));
  const services = new Map((await projects.all(db)).map((project) => [project.id, project]));
  const list = new Map<string, WatchedHost>();
  for (const placement of await placements.all(db)) {
    const host = machines.get(placement.hostId);
    const project = services.get(placement.projectId);
    const environment = project && places.get(project.environment);
    if (!host || !environment) continue;
    const watched = entry(list, host);
    if (host.hostKey === null) continue;
    watched.placements.push({
      project: projectSnapshot(project, environment),
      host: hostSnapshot(environment, placement, host),
    });
  }
  return [...list.values()];
}

function entry(list: Map<string, WatchedHost>, host: Host): WatchedHost {
  const known = list.get(host.id) ?? { id: host.id, name: host.name, placements: [] };
  list.set(host.id, known);
  return known;
}
