import { ulid } from 'ulid';
import { CedarError, InvalidForm } from '../errors.ts';
import type { Adoption, Placement } from '../model/placement.ts';
import type { Variable } from '../model/variable.ts';
import type { Db } from './database.ts';
import { lockHosts, refuseOverlaps } from './ports.ts';
import { isDuplicate, writing } from './transaction.ts';

/** What a person decides about a project on a host. */
export type PlacementDraft = { processes: number; env: Variable[] };

/** A project's placements, in the order in which its hosts are deployed to. */
export async function ofProject(db: Db, projectId: string): Promise<Placement[]> {
  return (await db('placements').where({ project_id: projectId }).orderBy(order)).map(toPlacement);
}

export async function ofHost(db: Db, hostId: string): Promise<Placement[]> {
  return (await db('placements').where({ host_id: hostId }).orderBy(order)).map(toPlacement);
}

export async function all(db: Db): Promise<Placement[]> {
  return (await db('placements').orderBy(order)).map(toPlacement);
}

export async function byId(db: Db, id: string): Promise<Placement | null> {
  const row = await db('placements').where({ id }).first();
  return row ? toPlacement(row) : null;
}

/**
 * Places a project on a host, behind its other hosts.
 * @throws CedarError `ports_taken` (409), `ports_range` (422); InvalidForm where it is there already.
 */
export async function add(
  db: Db,
  draft: PlacementDraft & { projectId: string; hostId: string },
  id = ulid(),
): Promise<Placement> {
  try {
    return await writing(db, async (trx) => {
      await claim(trx, draft.projectId, draft.hostId, draft.processes);
      const last = await trx('placements').where({ project_id: draft.projectId }).max('position as last');
      await trx('placements').insert({
        id,
        project_id: draft.projectId,
        host_id: draft.hostId,
        position: Number(last[0]?.last ?? -1) + 1,
        ...columns(draft),
        created_at: Date.now(),
      });
      return found(await byId(trx, id), id);
    });
  } catch (error) {
    if (isDuplicate(error)) throw new InvalidForm([{ field: 'hostId', code: 'placed' }]);
    throw error;
  }
}

/**
 * Changes a placement into what `decide` makes of its present state, which nobody else changes meanwhile.
 * @throws CedarError `ports_taken` (409), `ports_range` (422), `not_found` (404).
 */
export async function update(
  db: Db,
  id: string,
  decide: PlacementDraft | ((before: Placement) => PlacementDraft),
): Promise<Placement> {
  return writing(db, async (trx) => {
    const row = await trx('placements').where({ id }).forUpdate().first();
    const before = found(row ? toPlacement(row) : null, id);
    const draft = typeof decide === 'function' ? decide(before) : decide;
    await claim(trx, before.projectId, before.hostId, draft.processes);
    await trx('placements').where({ id }).update(columns(draft));
    return found(await byId(trx, id), id);
  });
}

/** Keeps what was agreed about the folder that the first deploy finds on the machine. */
export async function agree(db: Db, id: string, adoption: Adoption): Promise<Placement> {
  await db('placements')
    .where({ id })
    .update({ adoption: JSON.stringify(adoption) });
  return found(await byId(db, id), id);
}

/** Forgets that the project belongs on the host; nothing is done to the host. */
export async function remove(db: Db, id: string): Promise<void> {
  await db('placements').where({ id }).delete();
}

const order = [{ column: 'position' }, { column: 'id' }];

/** Locks the project's row, then the host's: the same order as a change of the project's port takes them in. */
async function claim(db: Db, projectId: string, hostId: string, processes: number): Promise<void> {
  const project = await db('projects').where({ id: projectId }).forUpdate().first();
  if (!project) throw new CedarError('not_found', { id: projectId }, 404);
  await lockHosts(db, [hostId]);
  const port = project.port === null ? null : Number(project.port);
  const wanted = { id: projectId, key: project.project_key, type: project.type, port };
  await refuseOverlaps(db, wanted, hostId, processes);
}

function found(placement: Placement | null, id: string): Placement {
  if (!placement) throw new CedarError('not_found', { id }, 404);
  return placement;
}

function columns(draft: PlacementDraft) {
  return { processes: draft.processes, env: JSON.stringify(draft.env) };
}

type Row = Record<'id' | 'project_id' | 'host_id', string> &
  Record<'env' | 'adoption', string | null> &
  Record<'processes' | 'position' | 'created_at', number | string>;

function toPlacement(row: Row): Placement {
  return {
    id: row.id,
    projectId: row.project_id,
    hostId: row.host_id,
    processes: Number(row.processes),
    position: Number(row.position),
    env: JSON.parse(row.env ?? '[]') as Variable[],
    adoption: row.adoption ? (JSON.parse(row.adoption) as Adoption) : null,
    createdAt: Number(row.created_at),
  };
}
