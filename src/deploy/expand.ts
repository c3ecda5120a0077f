import { ulid } from 'ulid';
import { CedarError } from '../errors.ts';
import type { Arrival } from '../model/arrival.ts';
import { parseGivenKey } from '../model/given-host-key.ts';
import type { Host } from '../model/host.ts';
import { judgeAddress } from '../model/host-address.ts';
import type { Operation } from '../model/operation.ts';
import type { Placement } from '../model/placement.ts';
import type { Project } from '../model/project.ts';
import type { Variable } from '../model/variable.ts';
import { typeOf } from '../project-types/index.ts';
import * as arrivals from '../store/arrivals.ts';
import type { Db } from '../store/database.ts';
import { refuseUnwelcome } from '../store/host-allowed.ts';
import * as hosts from '../store/hosts.ts';
import * as placements from '../store/placements.ts';
import { refuseOverlaps } from '../store/ports.ts';
import * as projects from '../store/projects.ts';
import * as releases from '../store/releases.ts';
import { writing } from '../store/transaction.ts';
import { alreadyThere, comingNow, runsThere } from './already-there.ts';
import { type Asker, askedBefore, askerOf } from './asker.ts';
import { isLocked, launch } from './launch.ts';
import { machineAt, sshPortOf } from './machine-at.ts';

export type Expansion = Asker & {
  projectId: string;
  /** IP address or DNS name of the machine. */
  address: string;
  /** Where it is a host of the inventory already: which one. */
  hostId?: string;
  /** null: the machine is asked for its hostname. */
  name?: string | null;
  /** A key line, its base64, or `SHA256:…`: what the machine must show. */
  hostKey?: string | null;
  processes?: number;
  /** Values sealed. */
  env?: Variable[];
};

/**
 * Brings a machine into a project, ending on the last good release; launched like every operation. Asked again it
 * answers the operation that runs; for a machine that runs the project already, one that has succeeded. The caller
 * has checked the permission.
 * @throws CedarError `no_such_project` (404), `address`, `host_key_text`, `host_name`, `no_good_release`,
 *   `one_process` (422), `scaling_ceiling`, `host_name_taken`, `ports_taken`, `locked`, `idempotency_key_reused` (409)
 */
export async function expand(db: Db, wish: Expansion): Promise<Operation> {
  const address = addressOf(wish.address);
  try {
    return await writing(db, (trx) => begin(trx, { ...wish, address }));
  } catch (error) {
    const other = isLocked(error) ? await comingNow(db, wish.projectId, address) : null;
    if (!other) throw error;
    return other;
  }
}

async function begin(trx: Db, wish: Expansion): Promise<Operation> {
  const project = await projects.byId(trx, wish.projectId);
  if (!project) throw new CedarError('no_such_project', {}, 404);
  const sameWish = ({ kind, projectId, snapshot }: Operation) =>
    kind === 'expansion' &&
    projectId === project.id &&
    snapshot.hosts.some((host) => host.address === wish.address);
  const earlier = await askedBefore(trx, wish, sameWish);
  if (earlier) return earlier;
  const coming = await comingNow(trx, project.id, wish.address);
  if (coming) return coming;
  const host = wish.hostId
    ? await hosts.byId(trx, wish.hostId)
    : await machineAt(trx, project.environment, wish.address);
  const placed = (await placements.ofProject(trx, project.id)).find((one) => one.hostId === host?.id);
  if (host && placed && (await runsThere(trx, project.id, host.id)))
    return alreadyThere(trx, project, host, placed, wish);
  await refuse(trx, project, wish, { host, placed });
  const release = await releases.lastGoodKept(trx, project.id);
  if (!release) throw new CedarError('no_good_release', { project: project.key }, 422);
  const arrival = await arrivalOf(trx, project, wish, host, placed);
  return launch(trx, {
    ...askerOf(wish),
    ...{ kind: 'expansion', projectId: project.id, hostIds: [arrival.hostId], releaseId: release.id },
    params: { arrival },
  });
}

/** The normalised address. Whether the worker may go there is judged again by the worker's own settings. */
export function addressOf(text: string): string {
  const verdict = judgeAddress(text.trim(), { allowLoopback: true, own: [] });
  if (!verdict.ok) throw new CedarError('address', { address: text.slice(0, 253) }, 422);
  return verdict.address;
}

type Known = { host: Host | null; placed: Placement | undefined };

async function refuse(trx: Db, project: Project, wish: Expansion, { host, placed }: Known): Promise<void> {
  const { processes = 1, name, via, by } = wish;
  if (processes > 1 && !typeOf(project.type).manyProcesses) throw new CedarError('one_process', {}, 422);
  if (placed) return;
  if (host) await refuseUnwelcome(trx, project, host, by.id);
  const { ceiling } = project.settings.scaling;
  const many = (await placements.ofProject(trx, project.id)).length;
  if (via === 'api' && many >= ceiling)
    throw new CedarError('scaling_ceiling', { project: project.key, ceiling, hosts: many }, 409);
  const namesake = name ? await hosts.byName(trx, name) : null;
  if (namesake && namesake.id !== host?.id)
    throw new CedarError('host_name_taken', { host: namesake.name, address: namesake.address }, 409);
  await refuseOverlaps(trx, project, host?.id ?? '', processes);
}

async function arrivalOf(
  trx: Db,
  project: Project,
  { address, name, hostKey, processes = 1, env = [], by }: Expansion,
  host: Host | null,
  placed: Placement | undefined,
): Promise<Arrival> {
  const givenKey = hostKey ? parseGivenKey(hostKey) : null;
  if (hostKey && givenKey === null) throw new CedarError('host_key_text', {}, 422);
  if (name && !/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name))
    throw new CedarError('host_name', { name }, 422);
  const asked = { projectKey: project.key, by: by.username };
  const sshPort = await sshPortOf(trx, project.environment);
  return {
    hostId: host?.id ?? (await arrivals.reserve(trx, { address, sshPort }, asked)),
    placementId: placed?.id ?? ulid(),
    ...{ address: host?.address ?? address, name: name ?? null, givenKey, processes, env },
    ...{ placed: placed !== undefined, by: by.username },
  };
}
