import { CedarError } from '../errors.ts';
import type { Arrival } from '../model/arrival.ts';
import type { ConfigurationFile } from '../model/configuration-file.ts';
import type { Environment } from '../model/environment.ts';
import type { Host } from '../model/host.ts';
import { settingsInForce } from '../model/host-settings.ts';
import type { HostSnapshot, OperationParams, ProjectSnapshot, Snapshot } from '../model/operation.ts';
import type { Placement } from '../model/placement.ts';
import type { Project } from '../model/project.ts';
import { typeOf } from '../project-types/index.ts';
import { variablesInForce } from '../supervisor/variables.ts';
import type { Db } from './database.ts';
import * as environments from './environments.ts';
import * as hosts from './hosts.ts';
import * as placements from './placements.ts';
import * as projectFiles from './project-files.ts';
import * as projects from './projects.ts';

/**
 * Everything that an operation on these hosts of a project goes by, as it is now; hosts in the order of their
 * placements. Where a machine arrives, that one alone: what is not known of it yet, its key and name, is learned.
 * @throws CedarError `not_found` (404) for an unknown project, `host_not_placed` (400) for a host without the
 * project, `host_not_pinned` (409) for a host whose key nobody accepted yet.
 */
export async function snapshotOf(
  db: Db,
  projectId: string,
  hostIds: readonly string[],
  params: OperationParams = {},
): Promise<Snapshot> {
  const project = await projects.byId(db, projectId);
  const environment = project && (await environments.byName(db, project.environment));
  if (!project || !environment) throw new CedarError('not_found', { id: projectId }, 404);
  if (params.arrival) {
    const arriving = await arrivingHost(db, environment, projectId, params.arrival);
    return { project: projectSnapshot(project, environment), hosts: [arriving], params };
  }
  const placed = await placements.ofProject(db, projectId);
  const machines = new Map((await hosts.byIds(db, hostIds)).map((host) => [host.id, host]));
  refuseUnplaced(hostIds, placed);
  const chosen = placed.filter((placement) => machines.has(placement.hostId));
  return {
    project: projectSnapshot(project, environment, await projectFiles.forSnapshot(db, projectId)),
    hosts: chosen.map((placement) =>
      hostSnapshot(environment, placement, machines.get(placement.hostId) as Host),
    ),
    params,
  };
}

/** The project's part of a snapshot; its environment's variables are among its own, which win. */
export function projectSnapshot(
  project: Project,
  environment: Environment,
  files: ConfigurationFile[] = [],
): ProjectSnapshot {
  const { id, key, type, gitUrl, branch, port, settings, revision } = project;
  const env = variablesInForce(environment.env, project.env);
  return {
    ...{ id, key, type, gitUrl, branch, port, settings, env, files, revision },
    environment: environment.name,
    production: environment.production,
    template: project.template ?? typeOf(project.type).template ?? '',
  };
}

/** One host's part of a snapshot. @throws CedarError `host_not_pinned` (409) without an accepted key. */
export function hostSnapshot(environment: Environment, placement: Placement, host: Host): HostSnapshot {
  if (host.hostKey === null) throw new CedarError('host_not_pinned', { host: host.name }, 409);
  return {
    hostId: host.id,
    placementId: placement.id,
    name: host.name,
    address: host.address,
    hostKey: host.hostKey,
    ...(host.weakSsh && { weakSsh: true }),
    settings: settingsInForce(environment.settings, host.settings),
    processes: placement.processes,
    env: placement.env,
    adoption: placement.adoption,
  };
}

/** Keeps in an operation's snapshot what was learned of a host that the inventory does not know yet. */
export async function learn(
  trx: Db,
  operationId: string,
  hostId: string,
  learned: Pick<HostSnapshot, 'name' | 'hostKey'>,
): Promise<void> {
  const row = await trx('operations').where({ id: operationId }).first('snapshot');
  const snapshot = JSON.parse(row.snapshot) as Snapshot;
  const all = snapshot.hosts.map((host) => (host.hostId === hostId ? { ...host, ...learned } : host));
  await trx('operations')
    .where({ id: operationId })
    .update({ snapshot: JSON.stringify({ ...snapshot, hosts: all }) });
  await trx('operation_hosts')
    .where({ operation_id: operationId, host_id: hostId })
    .update({ host_name: learned.name });
}

async function arrivingHost(
  db: Db,
  environment: Environment,
  projectId: string,
  { hostId, placementId, address, name, processes, env }: Arrival,
): Promise<HostSnapshot> {
  const host = await hosts.byId(db, hostId);
  const placed = (await placements.ofProject(db, projectId)).find((one) => one.hostId === hostId);
  return {
    ...{ hostId, placementId: placed?.id ?? placementId, processes: placed?.processes ?? processes },
    ...{ name: host?.name ?? name ?? address, address: host?.address ?? address },
    hostKey: host?.hostKey ?? '',
    ...(host?.weakSsh && { weakSsh: true }),
    settings: settingsInForce(environment.settings, host?.settings ?? {}),
    env: placed?.env ?? env,
    adoption: placed?.adoption ?? null,
  };
}

function refuseUnplaced(hostIds: readonly string[], placed: readonly Placement[]): void {
  const known = new Set(placed.map((placement) => placement.hostId));
  const stranger = hostIds.find((id) => !known.has(id));
  if (stranger !== undefined) throw new CedarError('host_not_placed', { host: stranger }, 400);
}
