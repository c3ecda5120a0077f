import { ulid } from 'ulid';
import { CedarError } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Variable } from '../model/variable.ts';
import { typeOf } from '../project-types/index.ts';
import type { Db } from '../store/database.ts';
import { refuseUnwelcome } from '../store/host-allowed.ts';
import * as hosts from '../store/hosts.ts';
import * as placements from '../store/placements.ts';
import { refuseOverlaps } from '../store/ports.ts';
import * as projects from '../store/projects.ts';
import { writing } from '../store/transaction.ts';
import { type Asker, askedBefore, askerOf } from './asker.ts';
import { launch } from './launch.ts';

export type Addition = Asker & {
  projectId: string;
  /** A host of the inventory, its key accepted. */
  hostId: string;
  processes?: number;
  /** Values sealed. */
  env?: Variable[];
};

/**
 * Makes a host of the inventory ready for a project and places it there; nothing is deployed. The caller has checked
 * the permission.
 * @throws CedarError `no_such_project`, `not_found` (404), `host_not_pinned`, `host_placed`, `ports_taken`, `locked`,
 *   `idempotency_key_reused` (409), `ports_range`, `one_process` (422), what refuseUnwelcome throws (403)
 */
export function addHost(db: Db, wish: Addition): Promise<Operation> {
  return writing(db, (trx) => begin(trx, wish));
}

async function begin(trx: Db, wish: Addition): Promise<Operation> {
  const { hostId, processes = 1, env = [], by } = wish;
  const project = await projects.byId(trx, wish.projectId);
  const host = await hosts.byId(trx, hostId);
  if (!project) throw new CedarError('no_such_project', {}, 404);
  if (!host) throw new CedarError('not_found', { id: hostId }, 404);
  const same = ({ kind, projectId, snapshot }: Operation) =>
    kind === 'add-host' && projectId === project.id && snapshot.hosts[0]?.hostId === hostId;
  const earlier = await askedBefore(trx, wish, same);
  if (earlier) return earlier;
  if (host.hostKey === null) throw new CedarError('host_not_pinned', { host: host.name }, 409);
  if (processes > 1 && !typeOf(project.type).manyProcesses) throw new CedarError('one_process', {}, 422);
  const placed = await placements.ofProject(trx, project.id);
  if (placed.some((one) => one.hostId === hostId))
    throw new CedarError('host_placed', { host: host.name }, 409);
  await refuseUnwelcome(trx, project, host, by.id);
  await refuseOverlaps(trx, project, hostId, processes);
  const arrival = {
    ...{ hostId, placementId: ulid(), address: host.address, name: host.name, givenKey: null },
    ...{ processes, env, placed: false, by: by.username },
  };
  const request = { kind: 'add-host' as const, projectId: project.id, hostIds: [hostId] };
  return launch(trx, { ...askerOf(wish), ...request, params: { arrival } });
}
