import type { Environment } from '../model/environment.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { Project } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as hosts from '../store/hosts.ts';
import * as placements from '../store/placements.ts';
import * as projects from '../store/projects.ts';
import { hostSnapshot, projectSnapshot } from '../store/snapshot.ts';
import { Unchanged } from './unchanged.ts';

/** A placement as a probe needs it. */
export type Watched = { project: ProjectSnapshot; host: HostSnapshot };

/** A machine with all that is placed on it; `placements` is empty while no host key is pinned. */
export type WatchedHost = { id: string; name: string; placements: Watched[] };

/** Every machine that something is placed on. */
export function watchList(db: Db): Promise<WatchedHost[]> {
  return new WatchList().read(db);
}

/** The list, read again and again: what has not changed is the same object as before. */
export class WatchList {
  readonly #projects = new Unchanged<ProjectSnapshot>(JSON.stringify);
  readonly #places = new Unchanged<HostSnapshot>(JSON.stringify);
  readonly #watched = new Unchanged<Watched>(({ project, host }) => [project, host]);
  readonly #hosts = new Unchanged<WatchedHost>(({ name, placements }) => [name, ...placements]);

  async read(db: Db): Promise<WatchedHost[]> {
    const machines = new Map((await hosts.all(db)).map((host) => [host.id, host]));
    const places = new Map((await environments.all(db)).map((one) => [one.name, one]));
    const services = new Map<string, Service>();
    for (const project of await projects.all(db)) {
      const environment = places.get(project.environment);
      if (environment) services.set(project.id, this.#service(project, environment));
    }
    const list = new Map<string, WatchedHost>();
    for (const placement of await placements.all(db)) {
      const host = machines.get(placement.hostId);
      const service = services.get(placement.projectId);
      if (!host || !service) continue;
      const watched = list.get(host.id) ?? { id: host.id, name: host.name, placements: [] };
      list.set(host.id, watched);
      if (host.hostKey === null) continue;
      const place = this.#places.of(placement.id, hostSnapshot(service.environment, placement, host));
      watched.placements.push(this.#watched.of(placement.id, { project: service.project, host: place }));
    }
    const all = [...list.values()].map((one) => this.#hosts.of(one.id, one));
    for (const kept of [this.#projects, this.#places, this.#watched, this.#hosts]) kept.turn();
    return all;
  }

  #service(project: Project, environment: Environment): Service {
    return { environment, project: this.#projects.of(project.id, projectSnapshot(project, environment)) };
  }
}

type Service = { environment: Environment; project: ProjectSnapshot };
