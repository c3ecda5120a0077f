import { CedarError } from '../errors.ts';
import { type PortClaim, portOverlaps, portsFit } from '../model/port-overlap.ts';
import type { Project } from '../model/project.ts';
import { typeOf } from '../project-types/index.ts';
import type { Db } from './database.ts';

/** Holds the hosts' rows until the transaction ends, so that two people cannot take one port at once. */
export async function lockHosts(db: Db, hostIds: readonly string[]): Promise<void> {
  await db('hosts')
    .whereIn('id', [...hostIds])
    .orderBy('id')
    .forUpdate()
    .select('id');
}

type PortRow = { id: string; project_key: string; type: string; port: number | null; processes: number };

/** What all projects placed on a host take there. */
export async function claimsOn(db: Db, hostId: string): Promise<(PortClaim & { projectId: string })[]> {
  const rows = await db('placements')
    .join('projects', 'projects.id', 'placements.project_id')
    .where('placements.host_id', hostId)
    .orderBy('projects.port')
    .select('projects.id', 'projects.project_key', 'projects.type', 'projects.port', 'placements.processes');
  return rows.map((row: PortRow) => ({
    projectId: row.id,
    projectKey: row.project_key,
    port: row.port === null ? null : Number(row.port),
    processes: Number(row.processes),
    others: otherPorts(row.type, row.port === null ? null : Number(row.port)),
  }));
}

/** The ports that a type takes besides those of its processes. */
function otherPorts(type: string, port: number | null): number[] {
  return port === null ? [] : (typeOf(type).otherPorts?.(port) ?? []);
}

/**
 * @throws CedarError `ports_taken` (409) with the first overlap's project, ports and host; `ports_range` (422)
 * where the last process's port would be above 65535.
 */
export async function refuseOverlaps(
  db: Db,
  project: Pick<Project, 'id' | 'key' | 'type' | 'port'>,
  hostId: string,
  processes: number,
): Promise<void> {
  const { key, port, type } = project;
  const wanted = { projectKey: key, port, processes, others: otherPorts(type, port) };
  if (!portsFit(project.port, processes)) throw new CedarError('ports_range', {}, 422);
  const others = (await claimsOn(db, hostId)).filter((claim) => claim.projectId !== project.id);
  const [overlap] = portOverlaps(wanted, others);
  if (!overlap) return;
  const host = await db('hosts').where({ id: hostId }).first('name');
  const detail = { project: overlap.projectKey, ports: overlap.ports.join(', '), host: String(host?.name) };
  throw new CedarError('ports_taken', detail, 409);
}
