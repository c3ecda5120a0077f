import type { Environment } from '../model/environment.ts';
import type { Host } from '../model/host.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import type { Placement } from '../model/placement.ts';
import type { Project } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as hosts from '../store/hosts.ts';
import { inventoryText } from '../store/inventory-text.ts';
import * as placements from '../store/placements.ts';
import * as projects from '../store/projects.ts';
import { hostSnapshot, projectSnapshot } from '../store/snapshot.ts';
import { Derived, Unchanged } from './unchanged.ts';

/** A placement as a probe needs it. */
export type Watched = { project: ProjectSnapshot; host: HostSnapshot };

/** A machine with all that is placed on it; `placements` is empty while no host key is pinned. */
export type WatchedHost = { id: string; name: string; placements: Watched[] };

/** Every machine that something is placed on. */
export function watchList(db: Db): Promise<WatchedHost[]> {
  return new WatchList().readAll(db);
}

/** The list, read again and again: what has not changed is the same object as before. */
export class WatchList {
  readonly #environments = new Unchanged<Environment>();
  readonly #projects = new Unchanged<Project>();
  readonly #machines = new Unchanged<Host>();
  readonly #placed = new Unchanged<Placement>();
  readonly #services = new Derived((project: Project, environment: Environment) =>
    projectSnapshot(project, environment),
  );
  readonly #watched = new Derived(
    (project: ProjectSnapshot, environment: Environment, placement: Placement, host: Host): Watched => ({
      project,
      host: hostSnapshot(environment, placement, host),
    }),
  );
  readonly #hosts = new Derived((host: Host, ...placed: Watched[]) => ({
    ...{ id: host.id, name: host.name, placements: placed },
  }));

  #text: string | null = null;
  #all: WatchedHost[] = [];
  #reading: Promise<WatchedHost[]> | null = null;

  /** The very list of before while nothing of the inventory was changed. A read that is under way is joined. */
  read(db: Db): Promise<WatchedHost[]> {
    this.#reading ??= this.#read(db).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(db: Db): Promise<WatchedHost[]> {
    const text = await inventoryText(db);
    if (text !== null && text === this.#text) return this.#all;
    this.#all = await this.readAll(db);
    // rows that were changed while they were read are not taken for what the text says
    this.#text = text !== null && text === (await inventoryText(db)) ? text : null;
    return this.#all;
  }

  async readAll(db: Db): Promise<WatchedHost[]> {
    const machines = this.#machines.of(await hosts.all(db), ({ id }) => id);
    const places = this.#environments.of(await environments.all(db), ({ name }) => name);
    const services = this.#projects.of(await projects.all(db), ({ id }) => id);
    const list = new Map<Host, Watched[]>();
    for (const placement of this.#placed.of(await placements.all(db), ({ id }) => id).values()) {
      const host = machines.get(placement.hostId);
      const project = services.get(placement.projectId);
      const environment = project && places.get(project.environment);
      if (!host || !environment) continue;
      const watched = list.get(host) ?? [];
      list.set(host, watched);
      if (host.hostKey === null) continue;
      const service = this.#services.of(project.id, project, environment);
      watched.push(this.#watched.of(placement.id, service, environment, placement, host));
    }
    const all = [...list].map(([host, watched]) => this.#hosts.of(host.id, host, ...watched));
    for (const kept of [this.#services, this.#watched, this.#hosts]) kept.turn();
    return all;
  }
}
