import { CedarError } from '../errors.ts';
import type { Variable } from '../model/variable.ts';
import { typeOf } from '../project-types/index.ts';
import * as imported from '../store/imported.ts';
import * as placements from '../store/placements.ts';
import * as projects from '../store/projects.ts';
import type { OldServer } from './rows.ts';
import type { Taking } from './taking.ts';
import { readVariables } from './variables.ts';

/** Places the projects on their hosts, with process counts and the hosts' own environment. */
export async function takePlacements(
  taking: Taking,
  projectIds: Map<string, string>,
  hostIds: Map<string, string>,
): Promise<void> {
  for (const server of taking.original.servers) {
    const [projectId, hostId] = [projectIds.get(server.project), hostIds.get(server.ip)];
    const name = `${server.project} on ${server.ip}`;
    if (projectId && hostId) await place(taking, server, name, { projectId, hostId });
    else taking.findings.add('placement', name, 'left', `its ${projectId ? 'host' : 'project'} is not here`);
  }
}

async function place(
  { trx, vault, findings }: Taking,
  server: OldServer,
  name: string,
  at: { projectId: string; hostId: string },
): Promise<void> {
  const placed = await placements.ofProject(trx, at.projectId);
  if (placed.some(({ hostId }) => hostId === at.hostId)) return findings.add('placement', name, 'there');
  if ((await imported.takenAs(trx, 'placement', name)) !== null)
    return findings.add('placement', name, 'there', 'taken off here since');
  const project = await projects.byId(trx, at.projectId);
  const wanted = /^\d{1,9}$/.test(server.processes) ? Number(server.processes) : 1;
  const many = project !== null && typeOf(project.type).manyProcesses;
  const processes = many ? Math.min(Math.max(wanted, 1), 100) : 1;
  const read = readVariables(server.env);
  const env: Variable[] = (read?.variables ?? []).map(({ name: key, value }) => ({
    ...{ name: key, value: vault.seal(value), secret: false },
  }));
  try {
    const { id } = await placements.add(trx, { ...at, processes, env });
    await imported.remember(trx, 'placement', name, id);
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    const { code, detail } = error;
    return findings.add('placement', name, 'left', `${code} ${Object.values(detail).join(' ')}`.trim());
  }
  const why = [
    read === null ? 'its environment cannot be read: set it by hand' : '',
    read?.strange.length ? `not taken of its environment: ${read.strange.join(', ')}` : '',
    server.nameless.length > 0 ? `not taken, for it has no name: ${server.nameless.join(', ')}` : '',
    /^\d{0,9}$/.test(server.processes) ? '' : 'its number of processes is none',
    processes !== wanted ? `${wanted} processes wanted, ${processes} possible` : '',
  ].filter((part) => part !== '');
  findings.add('placement', name, why.length === 0 ? 'taken' : 'partly', why.join('; '));
}
