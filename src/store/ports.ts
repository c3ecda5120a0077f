import { CedarError } from '../errors.ts';
import { type PortClaim, portOverlaps, portsFit } from '../model/port-overlap.ts';
import type { Project } from '../model/project.ts';
import type { Db } from './database.ts';

/** Holds the hosts' rows until the transaction ends, so that two people cannot take one port at once. */
export async function lockHosts(db: Db, hostIds: readonly string[]): Promise<void> {
  await db('hosts')
    .whereIn('id', [...hostIds])
    .orderBy('id')
    .forUpdate()
    .select('id');
}

/** What all projects placed on a host take there. */
export async function claimsOn(db: Db, hostId: string): Promise<(PortClaim & { projectId: string })[]> {
  const rows = await db('placements')
    .join('projects', 'projects.id', 'placements.project_id')
    .where('placements.host_id', hostId)
    .orderBy('projects.port')
    .select('projects.id', 'projects.project_key', 'projects.port', 'placements.processes');
  return rows.map((row: { id: string; project_key: string; port: number | null; processes: number }) => ({
    projectId: row.id,
    projectKey: row.project_key,
    port: row.port === null ? null : Number(row.port),
    processes: Number(row.processes),
  }));
}

/**
 * @throws CedarError `ports_taken` (409) with the first overlap's project, ports and host; `ports_range` (422)
 * where the last process's port would be above 65535.
 */
export async function refuseOverlaps(
  db: Db,
  project: Pick<Project, 'id' | 'key' | 'port'>,
  hostId: string,
  processes: number,
): Promise<void> {
  const wanted = { projectKey: project.key, port: project.port, processes };
  if (!portsFit(project.port, processes)) throw new CedarError('ports_range', {}, 422);
  const others = (await claimsOn(db, hostId)).filter((claim) => claim.projectId !== project.id);
  const [overlap] = portOverlaps(wanted, others);
  if (!overlap) return;
  const host = await db('hosts').where({ id: hostId }).first('name');
  const detail = { project: overlap.projectKey, ports: overlap.ports.join(', '), host: String(host?.name) };
  throw new CedarError('ports_taken', detail, 409);
}
