import type { OperationKind } from '../model/operation.ts';
import { now } from './clock.ts';
import type { Db } from './database.ts';

/**
 * A process that is out of traffic, or may be. left: somebody must put it back · working: an operation is at work on
 * its host · stopped: the last operation that meant it was a stop that succeeded.
 */
export type LeftOut = {
  projectId: string;
  projectKey: string;
  groupId: string;
  environment: string;
  production: boolean;
  hostId: string;
  hostName: string;
  process: number;
  observed: 'out' | 'unknown';
  since: number;
  mood: 'left' | 'working' | 'stopped';
  operationId: string | null;
  operationKind: OperationKind | null;
};

export type LeftOutFilter = { groupIds?: string[] | undefined; projectId?: string; hostId?: string };

/** Processes out of traffic, the longest first. What is placed nowhere any more is not told. */
export async function leftOut(
  db: Db,
  { groupIds, projectId, hostId }: LeftOutFilter = {},
): Promise<LeftOut[]> {
  const rows = await placed(db)
    .whereNot('t.observed', 'in')
    .modify((query) => groupIds && query.whereIn('p.group_id', groupIds))
    .modify((query) => projectId && query.where('t.project_id', projectId))
    .modify((query) => hostId && query.where('t.host_id', hostId))
    .orderBy(['t.since', 'h.name', 't.process'])
    .limit(500)
    .select(
      't.*',
      'p.project_key',
      'p.group_id',
      'p.environment',
      'e.production',
      'h.name as host_name',
      'o.kind',
      'o.state',
    )
    .select(db.raw('(?) as working', [atWork(db)]), db.raw('(?) as restarted', [restartedSince(db)]));
  return rows.map(leftOutOf);
}

/** Of those, the ones that nobody was told of for so long, each to be told by whoever claims it. */
export async function untold(db: Db, leftForMs: number, repeatMs: number): Promise<LeftOut[]> {
  const left = (await leftOut(db)).filter(({ mood }) => mood === 'left');
  const due: LeftOut[] = [];
  for (const one of left) {
    const row = await db('traffic')
      .where(keyOf(one))
      .andWhereRaw('? - since > ?', [now(db), leftForMs])
      .andWhere((told) => told.whereNull('told_at').orWhereRaw('? - told_at > ?', [now(db), repeatMs]))
      .first('process');
    if (row) due.push(one);
  }
  return due;
}

/** Claims the telling of one. False where somebody else has just told it, or it is in again. */
export async function claimTelling(trx: Db, one: LeftOut, repeatMs: number): Promise<boolean> {
  const changed = await trx('traffic')
    .where(keyOf(one))
    .whereNot({ observed: 'in' })
    .andWhere((told) => told.whereNull('told_at').orWhereRaw('? - told_at > ?', [now(trx), repeatMs]))
    .update({ told_at: now(trx) });
  return changed === 1;
}

/** Processes of which it was told that they are out, and that are in again. */
export async function mended(db: Db): Promise<Omit<LeftOut, 'mood' | 'observed'>[]> {
  const rows = await placed(db)
    .where('t.observed', 'in')
    .whereNotNull('t.told_at')
    .select(
      't.*',
      'p.project_key',
      'p.group_id',
      'p.environment',
      'e.production',
      'h.name as host_name',
      'o.kind',
      'o.state',
    );
  return rows.map(leftOutOf);
}

/** Claims the telling that one is in again. */
export async function claimMended(
  trx: Db,
  one: Pick<LeftOut, 'projectId' | 'hostId' | 'process'>,
): Promise<boolean> {
  const row = trx('traffic').where(keyOf(one)).where({ observed: 'in' }).whereNotNull('told_at');
  return (await row.update({ told_at: null })) === 1;
}

function placed(db: Db) {
  return db('traffic as t')
    .join('projects as p', 'p.id', 't.project_id')
    .join('environments as e', 'e.name', 'p.environment')
    .join('hosts as h', 'h.id', 't.host_id')
    .join('placements as l', (on) => on.on('l.project_id', 't.project_id').on('l.host_id', 't.host_id'))
    .leftJoin('operations as o', 'o.id', 't.operation_id')
    .whereRaw('t.process < l.processes');
}

/** Counts the live operation of the project, where it is at work on the host. */
function atWork(db: Db) {
  return db('locks as k')
    .join('operation_hosts as w', 'w.operation_id', 'k.operation_id')
    .whereRaw('k.project_id = t.project_id AND w.host_id = t.host_id')
    .count();
}

/** A fast rollback starts what was stopped, but asks no registry. */
function restartedSince(db: Db) {
  return db('operations as r')
    .join('operation_hosts as v', 'v.operation_id', 'r.id')
    .whereRaw('r.project_id = t.project_id AND v.host_id = t.host_id AND r.id > t.operation_id')
    .where('r.kind', 'fast-rollback')
    .whereNotIn('v.state', ['waiting', 'untouched'])
    .count();
}

function keyOf({ projectId, hostId, process }: Pick<LeftOut, 'projectId' | 'hostId' | 'process'>) {
  return { project_id: projectId, host_id: hostId, process };
}

const stops = new Set(['stop', 'stop-process']);

function leftOutOf(row: Record<string, unknown>): LeftOut {
  const stopped = stops.has(row.kind as string) && row.state === 'succeeded' && Number(row.restarted) === 0;
  return {
    projectId: row.project_id as string,
    projectKey: row.project_key as string,
    groupId: row.group_id as string,
    environment: row.environment as string,
    production: Boolean(row.production),
    hostId: row.host_id as string,
    hostName: row.host_name as string,
    process: Number(row.process),
    observed: row.observed as LeftOut['observed'],
    since: Number(row.since),
    mood: Number(row.working) > 0 ? 'working' : stopped ? 'stopped' : 'left',
    operationId: row.kind ? (row.operation_id as string) : null,
    operationKind: row.kind as OperationKind | null,
  };
}
