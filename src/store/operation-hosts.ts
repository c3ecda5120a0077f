import type { OperationHost, OperationHostState } from '../model/operation.ts';
import type { Db } from './database.ts';

/** Adds the hosts of an operation, in the order in which they will be changed. */
export async function add(
  db: Db,
  operationId: string,
  hosts: { hostId: string; name: string }[],
): Promise<void> {
  const rows = hosts.map((host, position) => ({
    operation_id: operationId,
    host_id: host.hostId,
    host_name: host.name,
    position,
    state: 'waiting',
    facts: '{}',
  }));
  if (rows.length > 0) await db.batchInsert('operation_hosts', rows, 50);
}

export async function ofOperation(db: Db, operationId: string): Promise<OperationHost[]> {
  const rows = await db('operation_hosts').where({ operation_id: operationId }).orderBy('position');
  return rows.map(hostOf);
}

export async function ofOperations(db: Db, operationIds: string[]): Promise<Map<string, OperationHost[]>> {
  if (operationIds.length === 0) return new Map();
  const rows = await db('operation_hosts').whereIn('operation_id', operationIds).orderBy('position');
  const hosts = new Map<string, OperationHost[]>(operationIds.map((id) => [id, []]));
  for (const host of rows.map(hostOf)) hosts.get(host.operationId)?.push(host);
  return hosts;
}

/** What preflight learned of one host, as JSON facts of the steps. */
export async function facts(db: Db, operationId: string): Promise<Map<string, Record<string, unknown>>> {
  const rows = await db('operation_hosts').where({ operation_id: operationId }).select('host_id', 'facts');
  return new Map(rows.map((row) => [row.host_id, JSON.parse(row.facts ?? '{}')]));
}

/** The newest operation that changed each placement's host of a project: host id → operation id and release. */
export async function lastChanges(
  db: Db,
  projectId: string,
): Promise<Map<string, { operationId: string; releaseAfter: string | null; state: OperationHostState }>> {
  const newest = db('operation_hosts as h')
    .join('operations as o', 'o.id', 'h.operation_id')
    .where('o.project_id', projectId)
    .whereIn('h.state', ['done', 'failed', 'unknown', 'rolled-back'])
    .groupBy('h.host_id')
    .select('h.host_id')
    .max({ operation_id: 'h.operation_id' });
  const rows = await db('operation_hosts as h')
    .join(newest.as('n'), (on) => on.on('n.host_id', 'h.host_id').andOn('n.operation_id', 'h.operation_id'))
    .select('h.*');
  return new Map(
    rows.map((row) => [
      row.host_id,
      { operationId: row.operation_id, releaseAfter: row.release_after, state: row.state },
    ]),
  );
}

function hostOf(row: Record<string, unknown>): OperationHost {
  return {
    operationId: row.operation_id as string,
    hostId: row.host_id as string,
    hostName: row.host_name as string,
    position: Number(row.position),
    state: row.state as OperationHostState,
    releaseBefore: row.release_before as string | null,
    releaseAfter: row.release_after as string | null,
  };
}
