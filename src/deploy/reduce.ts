import { CedarError } from '../errors.ts';
import type { Host } from '../model/host.ts';
import type { Operation } from '../model/operation.ts';
import type { Db } from '../store/database.ts';
import { lastOfHost, liveOfProject } from '../store/host-operations.ts';
import * as hosts from '../store/hosts.ts';
import * as placements from '../store/placements.ts';
import * as projects from '../store/projects.ts';
import { writing } from '../store/transaction.ts';
import { type Asker, askedBefore, askerOf } from './asker.ts';
import { isLocked, launch } from './launch.ts';

export type Reduction = Asker & {
  projectId: string;
  /** Id, name or address of the host. */
  host: string;
  /** The machine is gone for good: nothing is asked of it. */
  gone?: boolean;
};

/** The two names under which a project leaves a host: asked by a program, or by a person. */
const kinds = ['reduction', 'remove-host'] as const;

/**
 * Takes a project off a host; launched like every operation. Asked again it answers the operation that runs; for a
 * host that has left already, the one by which it left. The caller has checked the permission.
 * @throws CedarError `no_such_project` (404), `host_not_placed` (404), `scaling_floor`, `locked`,
 *   `idempotency_key_reused` (409)
 */
export async function reduce(db: Db, wish: Reduction): Promise<Operation> {
  try {
    return await writing(db, (trx) => begin(trx, wish));
  } catch (error) {
    const other = isLocked(error) ? await leavingNow(db, wish) : null;
    if (!other) throw error;
    return other;
  }
}

async function begin(trx: Db, wish: Reduction): Promise<Operation> {
  const project = await projects.byId(trx, wish.projectId);
  if (!project) throw new CedarError('no_such_project', {}, 404);
  const placed = await placements.ofProject(trx, project.id);
  const named = await hostsNamed(trx, wish.host);
  const host = named.find(({ id }) => placed.some(({ hostId }) => hostId === id));
  const earlier = await askedBefore(trx, wish, (operation) => isSame(operation, project.id, named));
  if (earlier) return earlier;
  if (!host) return hasLeft(trx, project.id, named, wish.host);
  const leaving = await leavingNow(trx, wish);
  if (leaving) return leaving;
  const { floor } = project.settings.scaling;
  if (wish.via === 'api' && placed.length <= floor)
    throw new CedarError('scaling_floor', { project: project.key, floor, hosts: placed.length }, 409);
  const kind = wish.via === 'web' ? 'remove-host' : 'reduction';
  const params = wish.gone ? { gone: true } : {};
  return launch(trx, { ...askerOf(wish), kind, projectId: project.id, hostIds: [host.id], params });
}

async function hostsNamed(db: Db, text: string): Promise<Host[]> {
  const word = text.trim().toLowerCase();
  return (await hosts.all(db)).filter(
    ({ id, name, address }) => [id, name, address].includes(word) || id === text,
  );
}

async function leavingNow(db: Db, { projectId, host }: Reduction): Promise<Operation | null> {
  const named = await hostsNamed(db, host);
  const live = await liveOfProject(db, projectId);
  return live.find((operation) => isSame(operation, projectId, named)) ?? null;
}

function isSame({ kind, projectId, snapshot }: Operation, project: string, named: Host[]): boolean {
  const isOne = snapshot.hosts.some(({ hostId }) => named.some(({ id }) => id === hostId));
  return projectId === project && isOne && kinds.some((one) => one === kind);
}

async function hasLeft(trx: Db, projectId: string, named: Host[], text: string): Promise<Operation> {
  for (const { id } of named) {
    const earlier = await lastOfHost(trx, projectId, id, [...kinds]);
    if (earlier) return earlier;
  }
  throw new CedarError('host_not_placed', { host: text.slice(0, 253) }, 404);
}
