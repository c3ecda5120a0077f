import { now } from './clock.ts';
import type { Db } from './database.ts';
import type { Lease } from './locks.ts';

/** Whether a process shall get traffic and whether it does, as the registry steps left it. */
export type Traffic = {
  projectId: string;
  hostId: string;
  process: number;
  desired: 'in' | 'out';
  observed: 'in' | 'out' | 'unknown';
  since: number;
  operationId: string | null;
};

export async function set(
  trx: Db,
  lease: Lease,
  entry: Pick<Traffic, 'hostId' | 'process' | 'desired' | 'observed'>,
): Promise<void> {
  const key = { project_id: lease.projectId, host_id: entry.hostId, process: entry.process };
  const change = {
    desired: entry.desired,
    observed: entry.observed,
    since: now(trx),
    operation_id: lease.operationId,
  };
  await trx('traffic')
    .insert({ ...key, ...change })
    .onConflict(['project_id', 'host_id', 'process'])
    .merge(change);
}

/** Instances that are out of traffic, or may be: shown in red until they are in again. */
export async function out(db: Db, projectIds?: string[]): Promise<Traffic[]> {
  const rows = await db('traffic')
    .whereNot({ observed: 'in' })
    .modify((query) => projectIds && query.whereIn('project_id', projectIds));
  return rows.map((row: Record<string, unknown>) => ({
    projectId: row.project_id as string,
    hostId: row.host_id as string,
    process: Number(row.process),
    desired: row.desired as Traffic['desired'],
    observed: row.observed as Traffic['observed'],
    since: Number(row.since),
    operationId: row.operation_id as string | null,
  }));
}
