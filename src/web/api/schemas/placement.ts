import { liveStates } from '../../../model/process.ts';
import type { Project } from '../../../model/project.ts';
import type { HostRow } from '../../deploy/hosts.ts';
import { momentOrNone, momentOrNoneOf, rowId, z } from './z.ts';

export const placementSchema = z
  .object({
    id: rowId,
    project: z.string(),
    hostId: rowId,
    host: z.string(),
    address: z.string(),
    processes: z.int(),
    ports: z.array(z.int()),
    variables: z.array(z.string()).describe('Names alone'),
    state: z.enum(liveStates),
    since: momentOrNone,
    message: z.string().describe('What the last look found amiss; empty where nothing'),
    release: z.object({ id: rowId, name: z.string(), commit: z.string() }).nullable(),
    drift: z.string().nullable().describe('The release that was put there last, where another one runs'),
  })
  .openapi('Placement');

export function placementAnswer(project: Project, row: HostRow) {
  const { placement, host, release } = row;
  const ports = project.port === null ? [] : [...Array(placement.processes).keys()];
  return {
    id: placement.id,
    project: project.key,
    hostId: host.id,
    host: host.name,
    address: host.address,
    processes: placement.processes,
    ports: ports.map((index) => (project.port ?? 0) + index),
    variables: placement.env.map(({ name }) => name),
    state: row.state,
    since: momentOrNoneOf(row.since),
    message: row.words,
    release: release && { id: release.id, name: release.name, commit: release.commit },
    drift: row.drift,
  };
}
